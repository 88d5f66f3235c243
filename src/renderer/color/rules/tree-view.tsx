import {
  type ClipboardEvent,
  type KeyboardEvent,
  type Ref,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import type { Condition } from '../../../core/rules/condition.ts'
import * as edits from '../../../core/rules/tree-edit.ts'
import { useRowHeight } from '../../ui/grid.tsx'
import { useText } from '../../ui/text.ts'
import type { CellEnd, LoadValues } from './cell-editor.tsx'
import { withField, withOperator } from './cell-options.ts'
import css from './tree.module.css'
import { besideCell, type Cell, isLooking, lookFrom, type TreeCursor, type TreeWish, wishOf } from './tree-cursor.ts'
import { type Answer, type RowActs, TreeRow } from './tree-row.tsx'

/** Something to say at a row. */
export interface RowFinding {
  readonly text: string
  readonly isBlocking: boolean
}

export interface TreeHandle {
  focus(): void
  /** Puts the keyboard on a row and unfolds what hides it. */
  goTo(id: number): void
  wish(wished: TreeWish): void
}

interface TreeProps {
  readonly label: string
  readonly tree: edits.EditTree
  readonly canEdit: boolean
  readonly findings: ReadonlyMap<number, RowFinding>
  readonly answers: ReadonlyMap<number, Answer> | null
  readonly load: LoadValues
  /** `about` names what is typed into, so that the letters of a word are one step back. */
  onEdit(tree: edits.EditTree, about: string | null): void
  onUndo(): void
  onRedo(): void
  onLeave(): void
  onCopied(): void
  /** A pasted text as a condition; null where it is none, which was then said. */
  readPasted(text: string): Condition | null
  readonly handle: Ref<TreeHandle>
}

const OVERSCAN = 8

type Drag = { readonly id: number; readonly over: number; readonly where: 'before' | 'after' | 'into' }

/** A condition as a tree that is built and changed with the keyboard; only the rows in view are drawn. */
export function TreeView(props: TreeProps) {
  const { tree, canEdit } = props
  const { t } = useText()
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const rowHeight = useRowHeight()
  const [cursor, setCursor] = useState<TreeCursor>({ at: tree.root.id, cell: null, typing: null })
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set())
  const [drag, setDrag] = useState<Drag | null>(null)
  const [view, setView] = useState({ top: 0, height: 600 })
  const lines = useMemo(() => edits.treeLines(tree, folded), [tree, folded])
  const place = Math.max(
    0,
    lines.findIndex(({ node }) => node.id === cursor.at),
  )
  const at = lines[place]!.node
  const page = Math.max(1, Math.floor(view.height / rowHeight) - 1)

  useLayoutEffect(() => {
    const frame = scroller.current!
    const measure = () =>
      setView(before => (before.height === frame.clientHeight ? before : { ...before, height: frame.clientHeight }))
    const sizes = new ResizeObserver(measure)
    sizes.observe(frame)
    measure()
    return () => sizes.disconnect()
  }, [])
  useLayoutEffect(() => {
    const frame = scroller.current!
    const top = place * rowHeight
    if (top < frame.scrollTop) frame.scrollTop = top
    else if (top + rowHeight > frame.scrollTop + frame.clientHeight) frame.scrollTop = top + rowHeight - frame.clientHeight
  }, [place, rowHeight])

  const focus = () => scroller.current?.focus({ preventScroll: true })
  const toggleFold = (node: number) =>
    setFolded(before => {
      const next = new Set(before)
      if (!next.delete(node)) next.add(node)
      return next
    })
  function put(edited: edits.Edited, next: Partial<TreeCursor> = {}, about: string | null = null): void {
    if (edited.tree !== tree) props.onEdit(edited.tree, about)
    setCursor({ at: edited.at, cell: null, typing: null, ...next })
  }
  const type = (node: edits.EditNode, cell: Cell | null, text: string | null) => {
    if (node.kind === 'test') setCursor({ at: node.id, cell: cell ?? 'field', typing: { text } })
  }
  const begin = { cell: 'field', typing: { text: null } } as const
  function answer(wished: TreeWish): void {
    if (isLooking(wished)) look(wished)
    else if (wished.do === 'undo') props.onUndo()
    else if (wished.do === 'redo') props.onRedo()
    else if (wished.do === 'add' || wished.do === 'group') {
      if (folded.has(at.id)) toggleFold(at.id)
      put(wished.do === 'add' ? edits.addTest(tree, at.id) : edits.addGroup(tree, at.id), begin)
    } else if (wished.do === 'edit') type(at, cursor.cell, null)
    else if (wished.do === 'type') type(at, cursor.cell, wished.text)
    else if (wished.do in STEPS) put(STEPS[wished.do as keyof typeof STEPS](tree, at.id))
  }
  function look(wished: TreeWish): void {
    if (wished.do === 'leave') {
      props.onLeave()
      return
    }
    const { cursor: next, fold } = lookFrom(lines, { ...cursor, at: at.id }, wished, folded)
    if (next) setCursor(next)
    if (fold !== undefined) toggleFold(fold)
  }
  function press(event: KeyboardEvent): void {
    if (event.target !== event.currentTarget) return
    const wished = wishOf(event, cursor.cell !== null, page)
    if (!wished || (!canEdit && !isLooking(wished))) return
    event.preventDefault()
    event.stopPropagation()
    answer(wished)
  }
  function paste(event: ClipboardEvent): void {
    if (event.target !== event.currentTarget || !canEdit) return
    event.preventDefault()
    const condition = props.readPasted(event.clipboardData.getData('text/plain'))
    if (condition) put(edits.insertCondition(tree, at.id, condition))
  }
  function copy(event: ClipboardEvent): void {
    if (event.target !== event.currentTarget) return
    event.preventDefault()
    event.clipboardData.setData('text/plain', JSON.stringify(edits.conditionOf(at), null, 2))
    if (event.type === 'cut' && canEdit) put(edits.removeNode(tree, at.id))
    else props.onCopied()
  }
  const before = useRef<{ key: string; text: string } | null>(null)
  const newest: RowActs = {
    load: props.load,
    fold: toggleFold,
    point: (node, cell, doesType) => {
      setCursor({ at: node, cell, typing: doesType ? { text: null } : null })
      if (!doesType) focus()
    },
    kind: node => {
      const group = edits.wayTo(tree, node)?.at(-1)
      if (group && group.kind !== 'test') put(edits.setKind(tree, node, group.kind === 'all' ? 'any' : 'all'))
    },
    value: (node, cell, text) => {
      const one = edits.wayTo(tree, node)?.at(-1)
      if (one?.kind !== 'test') return
      const key = `${cell} ${node}`
      if (before.current?.key !== key) before.current = { key, text: one.test[cell] ?? '' }
      const patch = cell === 'field' ? withField(one.test, text) : cell === 'operator' ? withOperator(text) : { [cell]: text }
      props.onEdit(edits.setTest(tree, node, patch).tree, key)
    },
    cancel: (node, cell) => {
      const kept = before.current
      if (kept?.key === `${cell} ${node}`) props.onEdit(edits.setTest(tree, node, { [cell]: kept.text }).tree, kept.key)
      before.current = null
      setCursor({ at: node, cell, typing: null })
      focus()
    },
    end: (node, cell, end) => leaveCell(node, cell, end),
    drag: node => setDrag(node === null ? null : { id: node, over: node, where: 'after' }),
    over: (node, share) => {
      const isGroup = edits.wayTo(tree, node)?.at(-1)?.kind !== 'test'
      const where = isGroup && share > 0.3 ? 'into' : share < 0.5 ? 'before' : 'after'
      setDrag(known => (known && (known.over !== node || known.where !== where) ? { ...known, over: node, where } : known))
    },
    drop: () => {
      if (drag && drag.over !== drag.id) put(edits.placeNode(tree, drag.id, drag.over, drag.where))
      setDrag(null)
    },
  }
  function leaveCell(node: number, cell: Cell, end: CellEnd): void {
    before.current = null
    const one = edits.wayTo(latest.current.tree, node)?.at(-1)
    const next = one?.kind === 'test' && end !== 'done' ? besideCell(one.test, cell, end === 'next' ? 1 : -1) : null
    setCursor({ at: node, cell: next, typing: next ? { text: null } : null })
    if (!next && document.activeElement?.closest('[role="treeitem"]')) focus()
  }
  const latest = useRef({ acts: newest, tree })
  latest.current = { acts: newest, tree }
  const acts = useMemo<RowActs>(
    () => ({
      load: (...given) => latest.current.acts.load(...given),
      fold: node => latest.current.acts.fold(node),
      point: (...given) => latest.current.acts.point(...given),
      kind: node => latest.current.acts.kind(node),
      value: (...given) => latest.current.acts.value(...given),
      end: (...given) => latest.current.acts.end(...given),
      cancel: (...given) => latest.current.acts.cancel(...given),
      drag: node => latest.current.acts.drag(node),
      over: (...given) => latest.current.acts.over(...given),
      drop: () => latest.current.acts.drop(),
    }),
    [],
  )
  useImperativeHandle(props.handle, () => ({
    focus,
    goTo(node) {
      const way = edits.wayTo(tree, node) ?? []
      setFolded(known => new Set([...known].filter(one => !way.some(part => part.id === one && one !== node))))
      setCursor({ at: node, cell: null, typing: null })
      focus()
    },
    wish: wished => {
      answer(wished)
      if (wished.do !== 'add' && wished.do !== 'group' && wished.do !== 'edit') focus()
    },
  }))

  const first = Math.max(0, Math.floor(view.top / rowHeight) - OVERSCAN)
  const last = Math.min(lines.length, Math.ceil((view.top + view.height) / rowHeight) + OVERSCAN)
  const isDrawn = place >= first && place < last
  return (
    <>
      <div
        ref={scroller}
        role="tree"
        tabIndex={0}
        className={css.tree}
        aria-label={props.label}
        aria-activedescendant={isDrawn && !cursor.typing ? `${id}-${at.id}` : undefined}
        aria-describedby={`${id}-keys`}
        data-dragging={drag !== null || undefined}
        onScroll={event => {
          const { scrollTop } = event.currentTarget
          setView(known =>
            Math.abs(known.top - scrollTop) < rowHeight * 2 && scrollTop !== 0 ? known : { ...known, top: scrollTop },
          )
        }}
        onKeyDown={press}
        onCopy={copy}
        onCut={copy}
        onPaste={paste}
      >
        <div role="none" className={css.body} style={{ height: lines.length * rowHeight }}>
          {lines.slice(first, last).map(({ node, depth, parent, place: own }, k) => (
            <TreeRow
              key={node.id}
              elementId={`${id}-${node.id}`}
              node={node}
              depth={depth}
              parentKind={parent?.kind ?? null}
              place={own}
              size={parent?.of.length ?? 1}
              top={(first + k) * rowHeight}
              isFolded={folded.has(node.id)}
              cursor={node.id === at.id ? cursor : null}
              finding={props.findings.get(node.id)?.text ?? null}
              isBlocking={props.findings.get(node.id)?.isBlocking ?? false}
              answer={props.answers?.get(node.id) ?? null}
              dropAt={drag?.over === node.id && drag.id !== node.id ? drag.where : null}
              canEdit={canEdit}
              acts={acts}
            />
          ))}
        </div>
      </div>
      <span id={`${id}-keys`} className="visually-hidden">
        {t('colorRules.treeKeys')}
      </span>
    </>
  )
}

/** What a wish does to the row where the keyboard is. */
const STEPS = {
  indent: edits.indent,
  outdent: edits.outdent,
  not: edits.toggleNot,
  remove: edits.removeNode,
  all: (tree, id) => edits.setKind(tree, id, 'all'),
  any: (tree, id) => edits.setKind(tree, id, 'any'),
  up: (tree, id) => edits.moveNode(tree, id, -1),
  down: (tree, id) => edits.moveNode(tree, id, 1),
} satisfies Record<string, (tree: edits.EditTree, id: number) => edits.Edited>
