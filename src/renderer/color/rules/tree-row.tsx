import { memo } from 'react'
import type { Test } from '../../../core/rules/condition.ts'
import type { EditNode } from '../../../core/rules/tree-edit.ts'
import { Icon } from '../../ui/icons.tsx'
import { type Translate, useText } from '../../ui/text.ts'
import { CellEditor, type CellEnd, type LoadValues } from './cell-editor.tsx'
import { cellProblem, operatorLabel } from './rule-words.ts'
import css from './tree.module.css'
import { type Cell, cellsOf, type TreeCursor } from './tree-cursor.ts'

/** What a person does to a row with the mouse, or while typing. */
export interface RowActs {
  point(id: number, cell: Cell | null, doesType: boolean): void
  fold(id: number): void
  kind(id: number): void
  value(id: number, cell: Cell, text: string): void
  end(id: number, cell: Cell, end: CellEnd): void
  cancel(id: number, cell: Cell): void
  drag(id: number | null): void
  over(id: number, share: number): void
  drop(): void
  readonly load: LoadValues
}

/** Whether a row was met by the row of data that is looked at, and the value that it saw. */
export interface Answer {
  readonly met: boolean
  readonly actual: string | null | undefined
}

interface RowProps {
  readonly elementId: string
  readonly node: EditNode
  readonly depth: number
  /** Kind of the group around it, which says the word between neighbours. */
  readonly parentKind: 'all' | 'any' | null
  readonly place: number
  readonly size: number
  readonly top: number
  readonly isFolded: boolean
  /** Null where the keyboard is elsewhere. */
  readonly cursor: TreeCursor | null
  readonly finding: string | null
  readonly isBlocking: boolean
  readonly answer: Answer | null
  readonly dropAt: 'before' | 'after' | 'into' | null
  readonly canEdit: boolean
  readonly acts: RowActs
}

/** One row of the tree: drawn again only when something of itself changed. */
export const TreeRow = memo(function TreeRow(props: RowProps) {
  const { node, depth, cursor, acts, canEdit, answer, dropAt } = props
  const { t } = useText()
  const isGroup = node.kind !== 'test'
  const isTyping = cursor?.typing != null
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus as a whole and names the row (aria-activedescendant)
    <div
      id={props.elementId}
      role="treeitem"
      aria-level={depth + 1}
      aria-posinset={props.place + 1}
      aria-setsize={props.size}
      aria-selected={cursor !== null}
      aria-expanded={isGroup ? !props.isFolded : undefined}
      className={css.row}
      data-group={isGroup || undefined}
      data-at={cursor !== null || undefined}
      data-drop={dropAt ?? undefined}
      style={{ top: props.top }}
      draggable={canEdit && depth > 0 && !isTyping}
      onDragStart={event => {
        event.dataTransfer.effectAllowed = 'move'
        event.dataTransfer.setData('text/plain', '')
        acts.drag(node.id)
      }}
      onDragEnd={() => acts.drag(null)}
      onDragOver={event => {
        event.preventDefault()
        const box = event.currentTarget.getBoundingClientRect()
        acts.over(node.id, (event.clientY - box.top) / box.height)
      }}
      onDrop={event => {
        event.preventDefault()
        acts.drop()
      }}
      onPointerDown={event => {
        if (!isTyping && event.button === 0) acts.point(node.id, null, false)
      }}
    >
      <span className={css.guides} style={{ width: depth * 18 }} aria-hidden="true" />
      {depth > 0 ? (
        <span className={css.joint}>
          {props.place > 0 ? t(props.parentKind === 'any' ? 'colorRules.or' : 'colorRules.and') : ''}
        </span>
      ) : null}
      {isGroup ? (
        <button
          type="button"
          tabIndex={-1}
          className={css.fold}
          aria-label={t(props.isFolded ? 'colorRules.unfold' : 'colorRules.fold')}
          data-folded={props.isFolded || undefined}
          onClick={() => acts.fold(node.id)}
        >
          <Icon name="down" size={10} />
        </button>
      ) : null}
      {Array.from({ length: node.nots }, (_, k) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: negations of one row are all the same
        <b key={k} className={css.not}>
          {t('colorRules.notWord')}
        </b>
      ))}
      {node.kind === 'test' ? (
        <TestCells test={node.test} id={node.id} cursor={cursor} acts={acts} canEdit={canEdit} t={t} />
      ) : (
        <button
          type="button"
          tabIndex={-1}
          className={css.kind}
          data-kind={node.kind}
          disabled={!canEdit}
          title={t('colorRules.kindHint')}
          onClick={() => acts.kind(node.id)}
        >
          {t(node.kind === 'all' ? 'colorRules.allOf' : 'colorRules.anyOf')}
        </button>
      )}
      {isGroup && (props.isFolded || node.of.length === 0) ? (
        <span className={css.count}>
          {node.of.length === 0 ? t('colorRules.emptyGroup') : t('colorRules.parts', { count: node.of.length })}
        </span>
      ) : null}
      {answer ? <AnswerMark answer={answer} isTest={!isGroup} t={t} /> : null}
      {props.finding ? (
        <span className={css.finding} data-blocking={props.isBlocking || undefined} title={props.finding}>
          <Icon name="warning" size={11} />
          {props.finding}
        </span>
      ) : null}
    </div>
  )
})

function AnswerMark({ answer, isTest, t }: { answer: Answer; isTest: boolean; t: Translate }) {
  return (
    <span className={css.answer} data-met={answer.met}>
      {answer.met ? '✓' : '✗'}
      {isTest ? <em>{answer.actual ?? t('colorRules.noValue')}</em> : null}
    </span>
  )
}

function TestCells({
  test,
  id,
  cursor,
  acts,
  canEdit,
  t,
}: {
  test: Test
  id: number
  cursor: TreeCursor | null
  acts: RowActs
  canEdit: boolean
  t: Translate
}) {
  const problem = cellProblem(test, t)
  return (
    <>
      {cellsOf(test).map(cell => {
        const isHere = cursor?.cell === cell
        const text = cell === 'operator' ? operatorLabel(test.operator, t) : (test[cell] ?? '')
        const isWrong = problem?.cell === cell || (problem?.cell === 'value' && cell === 'value2' && text.trim() === '')
        return (
          <span key={cell} className={css.cellPlace}>
            {cell === 'value2' ? <span className={css.between}>{t('colorRules.and')}</span> : null}
            {isHere && cursor.typing ? (
              <CellEditor
                key={`${id} ${cell}`}
                test={test}
                cell={cell}
                start={cursor.typing.text}
                load={acts.load}
                onValue={value => acts.value(id, cell, value)}
                onEnd={end => acts.end(id, cell, end)}
                onCancel={() => acts.cancel(id, cell)}
              />
            ) : (
              <span
                className={css.cell}
                data-cell={cell}
                data-here={isHere || undefined}
                data-wrong={isWrong || undefined}
                title={isWrong ? problem?.text : undefined}
                onPointerDown={event => {
                  if (!canEdit || event.button !== 0) return
                  event.preventDefault()
                  event.stopPropagation()
                  acts.point(id, cell, true)
                }}
              >
                {text === '' ? <i>{t(`colorRules.cell.${cell}`)}</i> : text}
              </span>
            )}
          </span>
        )
      })}
    </>
  )
}
