import { memo, useMemo } from 'react'
import type { Condition } from '../../../core/rules/condition.ts'
import type { RuleWords } from '../../../core/rules/describe.ts'
import { conditionOf } from '../../../core/rules/tree-edit.ts'
import { type Translate, useText } from '../../ui/text.ts'
import { ruleWords, sentenceOf } from './rule-words.ts'
import css from './rules.module.css'
import type { Editing } from './use-editing.ts'

/** A sentence longer than a few lines is told in a line for each part, of which an edit changes one. */
const LONG = 12

/** What the rule does, as a person would say it, with every letter. */
export function Sentence({ editing }: { editing: Editing }) {
  const { t } = useText()
  return <Said key={editing.draft.id} when={conditionOf(editing.state.tree.root)} of={editing.draft.of} t={t} />
}

const Said = memo(function Said({ when, of, t }: { when: Condition; of: 'rule' | 'preset'; t: Translate }) {
  const words = useMemo(() => ruleWords(t), [t])
  const whole = (condition: string) => t(of === 'rule' ? 'colorRules.excludeWhen' : 'colorRules.selectWhen', { condition })
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a long sentence scrolls, which the keyboard must be able to do
    <div className={css.sentence} tabIndex={0}>
      {isEmpty(when) ? (
        t('colorRules.emptyRule')
      ) : (when.kind === 'all' || when.kind === 'any') && when.of.length > LONG ? (
        <>
          {whole('')}
          {when.of.map((part, k) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a part is known by its place
            <Part key={k} part={part} joint={k === 0 ? '' : when.kind === 'all' ? words.and : words.or} words={words} />
          ))}
        </>
      ) : (
        whole(sentenceOf(when, words))
      )}
    </div>
  )
})

const Part = memo(function Part({ part, joint, words }: { part: Condition; joint: string; words: RuleWords }) {
  return (
    <span className={css.part}>
      {joint} {sentenceOf({ kind: 'all', of: [part] }, words, true)}
    </span>
  )
})

function isEmpty(when: Condition): boolean {
  return when.kind !== 'test' && (when.kind === 'not' ? isEmpty(when.of) : when.of.length === 0)
}
