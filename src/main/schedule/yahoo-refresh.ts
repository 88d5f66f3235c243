import { choice } from '../../core/kit/define.ts'
import type { Instrument } from '../../core/market/instrument.ts'
import { fail } from '../fail.ts'
import type { MarketService } from '../market/market-service.ts'
import type { WorkspaceService } from '../workspace/workspace-service.ts'
import { defineJobKind, type JobKind } from './job-kind.ts'

const SOURCE = 'yahoo'

/** Daily bars of Yahoo's instruments into the store, so that charts and studies have them without the network. */
export function yahooRefresh({
  market,
  watchlists,
  instruments,
  isOn,
}: {
  readonly market: Pick<MarketService, 'storeDays'>
  readonly watchlists: WorkspaceService['watchlists']
  /** All instruments of the book. */
  readonly instruments: () => readonly Instrument[]
  /** Whether a source of that name is turned on. */
  readonly isOn: (source: string) => boolean
}): JobKind {
  return defineJobKind({
    kind: 'yahoo.refresh',
    params: { which: choice(['watchlists', 'all'], 'watchlists') },
    usual: {
      // Yahoo's closing bar settles some minutes after the bell.
      schedule: { kind: 'market', calendar: 'nyse', at: 'close', minutes: 30 },
      // One refresh brings every day that is missing, however many there are.
      catchUp: { policy: 'once', limit: 1 },
      retries: { times: 2, seconds: 300 },
      timeoutSeconds: 1800,
    },
    async run({ signal, progress, log }, { which }) {
      if (!isOn(SOURCE)) fail('SOURCE_OFF', { source: 'Yahoo Finance' })
      const listed = new Set(watchlists().flatMap(list => list.instruments))
      const wanted = instruments().filter(one => one.source === SOURCE && (which === 'all' || listed.has(one.id)))
      const facts = { instruments: wanted.length, stored: 0, newBars: 0, failed: 0 }
      let fault: unknown = null
      for (const [k, { id }] of wanted.entries()) {
        signal.throwIfAborted()
        progress(k / wanted.length, id)
        try {
          const found = await market.storeDays(id, signal)
          if (!found) {
            log.warn('yahoo.refresh-nothing', { instrument: id })
            continue
          }
          facts.stored += 1
          facts.newBars += found.added
          log.info('yahoo.refresh-stored', { instrument: id, rows: found.rows, added: found.added })
        } catch (thrown) {
          signal.throwIfAborted()
          fault = thrown
          facts.failed += 1
          log.warn('yahoo.refresh-failed', { instrument: id, reason: thrown instanceof Error ? thrown.message : String(thrown) })
        }
      }
      // Some that failed among others that came are in the log; all of them failing is a failure, and tried again.
      if (fault !== null && facts.stored === 0) throw fault
      return facts
    },
  })
}
