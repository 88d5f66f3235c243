import type { ChainFrame } from '../../contract/options.ts'
import { useFormat } from '../ui/format.ts'
import { useText } from '../ui/text.ts'
import { noSmileWords } from './chain-reasons.ts'
import { expiryText, leftText } from './chain-words.ts'
import css from './smile.module.css'

/** The expiries as chips, several of which can be chosen; a chosen one has the colour of its line. */
export function ExpiryChips({
  frame,
  chosen,
  inkOf,
  onFlip,
}: {
  frame: ChainFrame
  chosen: readonly string[]
  inkOf(date: string): string
  onFlip(date: string): void
}) {
  const { t } = useText()
  const format = useFormat()
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is a form's, and these choose what is drawn
    <div className={css.chips} role="group" aria-label={t('chain.expiries')}>
      {frame.expiries.map(summary => {
        const isOn = chosen.includes(summary.date)
        const none = noSmileWords(summary, t)
        return (
          <button
            key={summary.date}
            type="button"
            className={css.chip}
            aria-pressed={isOn}
            title={`${leftText(summary, frame.asOf, format, t)}${none ? ` · ${none}` : ''}`}
            onClick={() => onFlip(summary.date)}
          >
            <i style={{ background: isOn ? `var(${inkOf(summary.date)})` : 'transparent' }} aria-hidden="true" />
            {expiryText(summary.date, frame.asOf, format)}
          </button>
        )
      })}
    </div>
  )
}
