import type { AlertRow } from '../../contract/options-alerts.ts'
import type { Clock } from '../../platform/clock.ts'
import { endable } from '../market/stream.ts'
import type { AlertsBook } from './alerts-book.ts'

export interface AlertsMessage {
  readonly kind: 'snapshot' | 'changed'
  readonly alerts: AlertRow[]
}

const EVERY_SECONDS = 0.25

/** All alerts, then those that changed; what changes often is said once for all of it. */
export function alertsStream(
  book: AlertsBook,
  clock: Clock,
  signal?: AbortSignal,
): AsyncGenerator<AlertsMessage, void, undefined> {
  return endable(signal, async function* (over) {
    const waiting = new Set<string>()
    let wake = () => {}
    const leave = book.onChange(ids => {
      for (const id of ids) waiting.add(id)
      wake()
    })
    const onAbort = () => wake()
    over.addEventListener('abort', onAbort)
    try {
      yield { kind: 'snapshot', alerts: book.rows() }
      while (!over.aborted) {
        if (waiting.size === 0) {
          await new Promise<void>(done => {
            wake = done
          })
          continue
        }
        const ids = [...waiting].filter(id => book.state.alerts.has(id))
        waiting.clear()
        yield { kind: 'changed', alerts: ids.map(id => book.row(id)) }
        await clock.sleep(EVERY_SECONDS, over).catch(() => {})
      }
    } finally {
      leave()
      over.removeEventListener('abort', onAbort)
    }
  })
}
