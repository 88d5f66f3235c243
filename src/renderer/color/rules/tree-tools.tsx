import { memo } from 'react'
import { type PlainKey, useText } from '../../ui/text.ts'
import css from './rules.module.css'
import type { TreeWish } from './tree-cursor.ts'

const SIGN = /^[^\p{L}+]+$/u

/** The same as the keys of the tree, for the mouse. */
export const TreeTools = memo(function TreeTools({
  canUndo,
  canRedo,
  onWish,
}: {
  canUndo: boolean
  canRedo: boolean
  onWish(wished: TreeWish): void
}) {
  const { t } = useText()
  const tool = (what: Exclude<TreeWish['do'], 'go' | 'type'>, text: string, label: PlainKey, keys: string, disabled = false) => (
    <button
      key={what}
      type="button"
      title={`${t(label)} (${keys})`}
      // A sign alone says nothing to those who hear it; a word is its own name.
      aria-label={SIGN.test(text) ? t(label) : undefined}
      disabled={disabled}
      onClick={() => onWish({ do: what })}
    >
      {text}
    </button>
  )
  return (
    <div className={css.treeTools} role="toolbar" aria-label={t('colorRules.treeTools')}>
      {tool('add', `+ ${t('colorRules.toolTest')}`, 'colorRules.addTest', 'Enter')}
      {tool('group', `+ ${t('colorRules.toolGroup')}`, 'colorRules.addGroup', 'Shift Enter')}
      <i />
      {tool('all', t('colorRules.allOf'), 'colorRules.makeAll', 'A')}
      {tool('any', t('colorRules.anyOf'), 'colorRules.makeAny', 'O')}
      {tool('not', t('colorRules.notWord'), 'colorRules.makeNot', '!')}
      <i />
      {tool('outdent', '⇤', 'colorRules.outdent', 'Shift Tab')}
      {tool('indent', '⇥', 'colorRules.indent', 'Tab')}
      {tool('up', '↑', 'colorRules.moveUp', 'Alt ↑')}
      {tool('down', '↓', 'colorRules.moveDown', 'Alt ↓')}
      <i />
      {tool('remove', '✕', 'colorRules.removeRow', 'Delete')}
      {tool('undo', '↶', 'colorRules.undo', 'Ctrl Z', !canUndo)}
      {tool('redo', '↷', 'colorRules.redo', 'Ctrl Y', !canRedo)}
    </div>
  )
})

const KEYS: readonly (readonly [keys: readonly string[], says: PlainKey])[] = [
  [['Enter'], 'colorRules.keyTest'],
  [['⇧ Enter'], 'colorRules.keyGroup'],
  [['Tab', '⇧ Tab'], 'colorRules.keyIndent'],
  [['A', 'O', '!'], 'colorRules.keyKinds'],
  [['F2', '← →'], 'colorRules.keyEdit'],
  [['Alt ↑ ↓'], 'colorRules.keyMove'],
  [['Del'], 'colorRules.keyRemove'],
  [['Ctrl Z', 'Y'], 'colorRules.keyUndo'],
  [['Esc'], 'colorRules.keyLeave'],
]

/** The keys of the tree, always in sight. */
export const TreeLegend = memo(function TreeLegend({ canEdit }: { canEdit: boolean }) {
  const { t } = useText()
  if (!canEdit) return null
  return (
    <div className={css.legend}>
      {KEYS.map(([keys, says]) => (
        <span key={says}>
          {keys.map(key => (
            <kbd key={key}>{key}</kbd>
          ))}
          {t(says)}
        </span>
      ))}
    </div>
  )
})
