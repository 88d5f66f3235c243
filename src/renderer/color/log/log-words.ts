import type { ColorLogEntry } from '../../../contract/color-log.ts'
import { type Translate, textOr } from '../../ui/text.ts'
import { diffOf, wordsOf } from '../rules/word-diff.ts'

/** Longer values are told by the words that differ. */
const SHORT_WORDS = 4

/** Name of a field as a person says it: `when.of[0].value` is “condition 1 › value”. */
export function fieldWords(path: string): string {
  const steps = path.match(/[^.[\]]+/g) ?? [path]
  const said: string[] = []
  for (const step of steps) {
    if (/^\d+$/.test(step)) said.push(numbered(said.pop() ?? '', Number(step) + 1))
    // The list of a group has no name of its own.
    else if (step !== 'of') said.push(textOr(`colorLog.field.${step}`, spaced(step)))
  }
  return said.join(' › ')
}

/** The first of the second group is 2.1. */
const numbered = (name: string, place: number) => `${name}${/\d$/.test(name) ? '.' : ' '}${place}`.trim()

/** `rowCap` is “row cap”, and BWIC COVER stays as it is. */
function spaced(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, (_, last: string, next: string) => `${last} ${next.toLowerCase()}`)
}

function valueWords(value: string, t: Translate): string {
  if (value === 'true') return t('colorLog.yes')
  if (value === 'false') return t('colorLog.no')
  if (value === '' || value === '[]' || value === '{}' || value === 'null') return t('colorLog.nothing')
  return value
}

export interface WordPart {
  readonly kind: 'same' | 'removed' | 'added'
  readonly text: string
}

/** What a field was and is, in the words that differ. */
export function changeWords({ before, after }: ColorLogEntry['changes'][number], t: Translate): readonly WordPart[] {
  const was = before === null ? null : valueWords(before, t)
  const is = after === null ? null : valueWords(after, t)
  if (was === null) return is === null ? [] : [{ kind: 'added', text: is }]
  if (is === null) return [{ kind: 'removed', text: was }]
  const [old, now] = [wordsOf(was), wordsOf(is)]
  if (old.length < SHORT_WORDS || now.length < SHORT_WORDS)
    return [
      { kind: 'removed', text: was },
      { kind: 'added', text: is },
    ]
  return diffOf(old, now).map(({ kind, parts }) => ({ kind, text: parts.join(' ') }))
}
