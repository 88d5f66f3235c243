import { type ReactNode, useEffect, useRef } from 'react'
import type { SessionView } from '../../../contract/color-sessions.ts'
import { IconButton } from '../../ui/form.tsx'
import { useText } from '../../ui/text.ts'
import { AddRows } from './add-rows.tsx'
import { ApplyRules } from './apply-rules.tsx'
import type { CommandQueue } from './command-queue.ts'
import { MergeUploads } from './merge-uploads.tsx'
import type { PlaceStore } from './place-store.ts'
import { PublishSide } from './publish-side.tsx'
import type { RowBook } from './row-book.ts'
import { RowWhy } from './row-why.tsx'
import css from './session.module.css'
import type { SessionActions } from './session-actions.ts'
import { SessionHistory } from './session-history.tsx'
import { SessionNotes } from './session-notes.tsx'
import { SortSide } from './sort-side.tsx'
import type { UndoNames } from './undo-names.ts'
import type { PastedRows } from './use-clipboard.ts'
import type { JumpTarget } from './use-jump.ts'

/** What stands beside the sheet. */
export type AsideKind =
  | { readonly kind: 'rules' | 'sort' | 'merge' | 'history' | 'publish' }
  | { readonly kind: 'notes'; readonly rowId: string | null }
  | { readonly kind: 'why'; readonly rowId: string }
  | { readonly kind: 'add'; readonly rows: PastedRows | null }

export interface AsideProps {
  readonly aside: AsideKind
  readonly session: SessionView
  readonly book: RowBook
  readonly places: PlaceStore
  readonly names: UndoNames
  readonly queue: CommandQueue
  readonly actions: SessionActions
  readonly mayChange: boolean
  readonly waiting: number
  onJump(target: JumpTarget): void
  onClose(): void
}

/** What needs more room than a button, at the side, so that the sheet keeps its place. */
export function SessionAside(props: AsideProps) {
  const { aside, onClose } = props
  const { t } = useText()
  const root = useRef<HTMLElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another kind is another sheet
  useEffect(() => {
    const first = root.current?.querySelector<HTMLElement>('[data-first]') ?? root.current?.querySelector('input')
    ;(first ?? root.current)?.focus()
  }, [aside.kind])
  return (
    <aside
      ref={root}
      className={css.aside}
      data-wide={aside.kind === 'publish'}
      aria-label={t(`colorSession.aside.${aside.kind}`)}
      tabIndex={-1}
      onKeyDown={event => {
        if (event.key !== 'Escape' || event.defaultPrevented) return
        event.preventDefault()
        event.stopPropagation()
        onClose()
      }}
    >
      <header className={css.asideHead}>
        <h3>{t(`colorSession.aside.${aside.kind}`)}</h3>
        <IconButton icon="close" label={`${t('colorSession.close')} (Esc)`} onClick={onClose} />
      </header>
      <div className={css.asideBody}>{contentsOf(props)}</div>
    </aside>
  )
}

function contentsOf(props: AsideProps): ReactNode {
  const { aside, session, actions } = props
  switch (aside.kind) {
    case 'rules':
      return <ApplyRules session={session} actions={actions} />
    case 'sort':
      return <SortSide session={session} actions={actions} />
    case 'merge':
      return <MergeUploads session={session} actions={actions} />
    case 'history':
      return <SessionHistory session={session} />
    case 'publish':
      return <PublishSide {...props} />
    case 'notes':
      return <SessionNotes session={session} rowId={aside.rowId} actions={actions} mayChange={props.mayChange} />
    case 'why':
      return <RowWhy key={aside.rowId} session={session} rowId={aside.rowId} book={props.book} places={props.places} />
    case 'add':
      return <AddRows pasted={aside.rows} like={props.places.getState().place} queue={props.queue} onDone={props.onClose} />
  }
}
