import type { DeliveryView } from '../../../contract/color-outputs.ts'
import { runReason } from '../../../contract/schedule.ts'
import { type Translate, useText } from '../../ui/text.ts'
import css from './outputs.module.css'

/** A sign for each state, so that colour is never alone. */
const SIGNS = {
  waiting: '○',
  retrying: '↻',
  off: '‖',
  sending: '→',
  delivered: '✓',
  partly: '◐',
  failed: '✕',
  cancelled: '–',
  'not-sent': '⊘',
} as const
type Shown = keyof typeof SIGNS

/** A state as it is shown: one that waits for another try, or for its target to be turned on, says so. */
export function shownState({ state, attempts, next, receipt }: DeliveryView): Shown {
  if (state === 'delivered') return receipt?.rejected.length ? 'partly' : state
  if (state !== 'waiting') return state
  return next === null ? 'off' : attempts > 0 ? 'retrying' : 'waiting'
}

/** Sign and word of a state. */
export function stateText(delivery: DeliveryView, t: Translate): string {
  const shown = shownState(delivery)
  return `${SIGNS[shown]} ${t(`outputs.state.${shown}`)}`
}

export function StateMark({ delivery }: { delivery: DeliveryView }) {
  const { t } = useText()
  return (
    <span className={css.state} data-state={shownState(delivery)}>
      {stateText(delivery, t)}
    </span>
  )
}

/** Why it is as it is, or where it got to. */
export function whatText({ why, receipt, state }: DeliveryView, language: 'en' | 'es'): string {
  if (why !== null && state !== 'delivered') return runReason(why, language)
  if (!receipt) return ''
  const [first, ...more] = receipt.places
  const rest = more.length > 0 ? ` +${more.length}` : ''
  return `${first?.place ?? ''}${rest}${receipt.rejected.length > 0 ? ` · ✕ ${receipt.rejected.join(', ')}` : ''}`
}

/** Whether a person can have it tried now, and have it tried no more. */
export function possible({ state }: DeliveryView): { readonly retry: boolean; readonly cancel: boolean } {
  const isOpen = state === 'waiting'
  return { retry: isOpen || state === 'failed' || state === 'cancelled', cancel: isOpen }
}
