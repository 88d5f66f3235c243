import { useCallback, useEffect, useMemo, useReducer, useRef } from 'react'
import type { RuleBook } from '../../../contract/color-rules.ts'
import { type EditHistory, historyOf, redone, stepped, undone } from '../../../core/rules/edit-history.ts'
import {
  type Draft,
  draftOf,
  type EditState,
  type Entity,
  entityOf,
  isConflict,
  isDirty,
  isSameContent,
  stateOf,
  withState,
} from './draft.ts'

/** What is edited of one rule, with all steps back; null where nothing is chosen. */
export interface Editing {
  readonly draft: Draft
  readonly state: EditState
  readonly kept: Entity | null
  readonly isDirty: boolean
  /** Somebody else saved another thing since the draft began. */
  readonly isConflict: boolean
  readonly canUndo: boolean
  readonly canRedo: boolean
  edit(patch: Partial<EditState>, about?: string | null): void
  undo(): void
  redo(): void
  /** Takes what is kept and forgets the draft. */
  discard(): void
  /** Keeps the draft and saves it over what is kept now. */
  keepMine(): void
}

interface Session {
  readonly draft: Draft
  readonly history: EditHistory<EditState>
}

export type KeptDrafts = Readonly<Record<string, Draft>>

const PERSIST_AFTER_MS = 400

const fresh = (draft: Draft): Session => ({ draft, history: historyOf(stateOf(draft)) })
const currentOf = ({ draft, history }: Session) => withState(draft, history.present)

/** A session after the rules were read again: what was saved is its new ground, and what nobody edited follows. */
function rebased(session: Session, kept: Entity | null): Session {
  const { draft } = session
  if (!kept || kept.revision === draft.base?.revision) return session
  const current = currentOf(session)
  if (isSameContent(current, kept)) return { ...session, draft: { ...draft, base: kept } }
  if (!isDirty(current)) return fresh(draftOf(kept))
  return draft.base === null || !isConflict(current, kept) ? { ...session, draft: { ...draft, base: kept } } : session
}

/** The drafts of a panel: kept with it while they differ from what is saved, so that a reload loses no letter. */
export function useEditing(book: RuleBook, chosen: string | null, kept: KeptDrafts, keep: (drafts: KeptDrafts) => void) {
  const sessions = useRef<Map<string, Session> | null>(null)
  sessions.current ??= new Map(Object.entries(kept).map(([id, draft]) => [id, fresh(draft)]))
  const all = sessions.current
  const [turn, redraw] = useReducer((n: number) => n + 1, 0)
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  const keeper = useRef(keep)
  keeper.current = keep

  const persist = useCallback(() => {
    if (timer.current) clearTimeout(timer.current)
    timer.current = null
    const dirty = [...all].map(([id, session]) => [id, currentOf(session)] as const).filter(([, draft]) => isDirty(draft))
    keeper.current(Object.fromEntries(dirty))
  }, [all])
  const changed = useCallback(() => {
    redraw()
    timer.current ??= setTimeout(persist, PERSIST_AFTER_MS)
  }, [persist])
  useEffect(
    () => () => {
      if (timer.current) persist()
    },
    [persist],
  )
  const put = useCallback(
    (id: string, session: Session | null) => {
      if (session) all.set(id, session)
      else all.delete(id)
      changed()
    },
    [all, changed],
  )

  // The rules were read again: sessions stand on what is kept now.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a turn is an edit
  const drafts = useMemo(() => {
    for (const [id, session] of all) all.set(id, rebased(session, entityOf(book, id)))
    return [...all.values()].map(currentOf)
  }, [book, turn, all])
  const entity = chosen === null ? null : entityOf(book, chosen)
  if (chosen !== null && entity && !all.has(chosen)) all.set(chosen, fresh(draftOf(entity)))
  const session = chosen === null ? undefined : all.get(chosen)
  const editing = session ? editingOf(session, entity, next => put(session.draft.id, next)) : null
  const dirty = useMemo(() => drafts.filter(isDirty), [drafts])
  const begin = useCallback((draft: Draft) => put(draft.id, fresh(draft)), [put])
  const forget = useCallback((id: string) => put(id, null), [put])
  return { editing, dirty, begin, forget }
}

function editingOf(session: Session, kept: Entity | null, put: (next: Session | null) => void): Editing {
  const { draft, history } = session
  const current = currentOf(session)
  const to = (next: EditHistory<EditState>) => next !== history && put({ draft, history: next })
  return {
    draft: current,
    state: history.present,
    kept,
    isDirty:
      history.past.length + history.future.length > 0 || draft.base === null || !isSameContent(draft, draft.base)
        ? isDirty(current)
        : false,
    isConflict: isConflict(current, kept),
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    edit: (patch, about = null) => to(stepped(history, { ...history.present, ...patch }, about)),
    undo: () => to(undone(history)),
    redo: () => to(redone(history)),
    discard: () => put(kept ? fresh(draftOf(kept)) : null),
    keepMine: () => put(kept ? { draft: { ...draft, base: kept }, history } : session),
  }
}
