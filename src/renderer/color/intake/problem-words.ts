import type { ColorProblemWire } from '../../../contract/color.ts'
import { COLOR_PROBLEMS, type ColorProblemKind } from '../../../core/color/color-problems.ts'
import type { Translate } from '../../ui/text.ts'

const isKnown = (kind: string): kind is ColorProblemKind => Object.hasOwn(COLOR_PROBLEMS, kind)

/** A problem as a sentence. */
export function problemSentence(t: Translate, { kind, text }: Pick<ColorProblemWire, 'kind' | 'text'>): string {
  return isKnown(kind) ? t(`colorProblem.${kind}`, { text }) : `${kind}: ${text}`
}

/** A kind of problem in a word or two. */
export function problemName(t: Translate, kind: string): string {
  return isKnown(kind) ? t(`colorProblem.short.${kind}`) : kind
}
