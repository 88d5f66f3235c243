import { useMemo } from 'react'
import type { Condition } from '../../../core/rules/condition.ts'
import type { RuleWords } from '../../../core/rules/describe.ts'
import { conditionOf, type EditNode, treeLines, treeOf } from '../../../core/rules/tree-edit.ts'
import { type Translate, useText } from '../../ui/text.ts'
import { sentenceOf } from './rule-words.ts'
import css from './rules.module.css'
import { diffOf, wordsOf } from './word-diff.ts'

interface Said {
  readonly name: string
  readonly when: Condition
}

/** What changed between two states of a rule, word by word. */
export function SentenceDiff({ before, after, words }: { before: Said | null; after: Said | null; words: RuleWords }) {
  const parts = useMemo(() => {
    const said = (one: Said | null) => (one ? wordsOf(`${one.name}: ${sentenceOf(one.when, words)}`) : [])
    return diffOf(said(before), said(after))
  }, [before, after, words])
  return (
    <p className={css.diff}>
      {parts.map(({ kind, parts: own }, k) => {
        const text = own.join(' ').replaceAll('( ', '(').replaceAll(' )', ')')
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of one sentence stay in their places
        if (kind === 'same') return <span key={k}>{shortened(text, k === 0, k === parts.length - 1)} </span>
        const Mark = kind === 'added' ? 'ins' : 'del'
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of one sentence stay in their places
        return <Mark key={k}>{text} </Mark>
      })}
    </p>
  )
}

const AROUND = 60

/** A long stretch that is the same is told by its ends. */
function shortened(text: string, isFirst: boolean, isLast: boolean): string {
  if (text.length <= 2.5 * AROUND) return text
  if (isFirst) return `… ${text.slice(-AROUND)}`
  if (isLast) return `${text.slice(0, AROUND)} …`
  return `${text.slice(0, AROUND)} … ${text.slice(-AROUND)}`
}

const NOTHING: ReadonlySet<number> = new Set()

/** The rows of both trees in one list, with a sign before each row that was taken out or put in. */
export function TreeDiff({ before, after, words }: { before: Condition | null; after: Condition | null; words: RuleWords }) {
  const { t } = useText()
  const rows = useMemo(
    () =>
      diffOf(before ? rowsOf(before, words, t) : [], after ? rowsOf(after, words, t) : []).flatMap(({ kind, parts }) =>
        parts.map(text => ({ kind, text })),
      ),
    [before, after, words, t],
  )
  return (
    <ul className={css.treeDiff}>
      {rows.map(({ kind, text }, k) => {
        const depth = text.length - text.trimStart().length
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows of one comparison stay in their places
          <li key={k} data-kind={kind} style={{ paddingLeft: 4 + depth * 14 }}>
            <b>{kind === 'added' ? '+' : kind === 'removed' ? '\u2212' : ' '}</b>
            {text.trimStart()}
          </li>
        )
      })}
    </ul>
  )
}

/** Each row in words, as far in as it stands. */
function rowsOf(when: Condition, words: RuleWords, t: Translate): readonly string[] {
  return treeLines(treeOf(when), NOTHING).map(({ node, depth }) => `${' '.repeat(depth)}${rowText(node, words, t)}`)
}

function rowText(node: EditNode, words: RuleWords, t: Translate): string {
  const not = `${t('colorRules.notWord')} `.repeat(node.nots)
  if (node.kind === 'test') return `${not}${sentenceOf(conditionOf({ ...node, nots: 0 }), words)}`
  return `${not}${t(node.kind === 'all' ? 'colorRules.allOf' : 'colorRules.anyOf')}`
}
