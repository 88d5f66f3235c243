import type { EpochMicros } from '../../../core/kit/time.ts'
import { toMillis } from '../../../core/kit/time.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { Log } from '../../../platform/log.ts'
import type { YahooChartRow, YahooQuote } from './parse.ts'
import { NotThere, type Politeness } from './politeness.ts'

const TIMEOUT_SECONDS = 15
/** Symbols in one request: more make an address that proxies refuse. */
const SYMBOLS_PER_REQUEST = 100
const SHOWN = 120

export type YahooInterval = '1m' | '2m' | '5m' | '15m' | '30m' | '1h' | '1d'

/** The questions that are asked of Yahoo, through the real client and the one queue. */
export interface YahooClient {
  quote(symbols: readonly string[]): Promise<YahooQuote[]>
  chart(symbol: string, interval: YahooInterval, from: EpochMicros, to: EpochMicros): Promise<YahooChartRow[]>
  search(text: string): Promise<unknown>
  /** Options of one expiry as Yahoo sends them, of the nearest where no date is given. */
  options(symbol: string, expiry?: Date): Promise<unknown>
  close(): void
}

/** The crumb that goes with the cookies is not accepted any more: both are fetched anew. */
class CrumbRefused extends Error {
  override readonly name = 'CrumbRefused'
}

type Yahoo = InstanceType<typeof import('yahoo-finance2').default>

export function createYahooClient({
  clock,
  log,
  politeness,
  fetch,
}: {
  clock: Clock
  log: Log
  politeness: Politeness
  fetch: typeof globalThis.fetch
}): YahooClient {
  const closing = new AbortController()
  let current: Promise<Yahoo> | null = null

  const polite = (async (input: string | URL | Request, init?: RequestInit) => {
    const url = String(input instanceof Request ? input.url : input)
    const response = await politeness.send(() => inTime(clock, closing.signal, signal => fetch(input, { ...init, signal })))
    return isData(url) ? await checked(response) : response
  }) as typeof globalThis.fetch

  /** The library is large and loaded at the first question; a new one has no cookies and no crumb. */
  const open = async (): Promise<Yahoo> => {
    const [{ default: YahooFinance }, { ExtendedCookieJar }] = await Promise.all([
      import('yahoo-finance2'),
      import('yahoo-finance2/lib/cookieJar'),
    ])
    const quiet = (event: string) => (text: unknown) => log.debug(event, { text: String(text).slice(0, SHOWN) })
    return new YahooFinance({
      fetch: polite,
      cookieJar: new ExtendedCookieJar(),
      versionCheck: false,
      suppressNotices: ['yahooSurvey', 'ripHistorical'],
      // The queue is ours; the library's own only keeps the order.
      queue: { concurrency: 1 },
      validation: { logErrors: false, logOptionsErrors: false },
      logger: {
        info: quiet('yahoo.client'),
        warn: quiet('yahoo.client'),
        error: quiet('yahoo.client'),
        debug: () => {},
        dir: () => {},
      },
    })
  }
  const client = () => {
    current ??= open()
    return current
  }

  /** Asks once, and once more with fresh cookies where the crumb was refused. */
  const ask = async <T>(run: (yahoo: Yahoo) => Promise<T>): Promise<T> => {
    try {
      return await run(await client())
    } catch (fault) {
      if (!(fault instanceof CrumbRefused)) throw understood(fault)
      log.info('yahoo.crumb', { reason: 'refused, fetched anew' })
      current = null
    }
    try {
      return await run(await client())
    } catch (fault) {
      current = null
      throw understood(fault)
    }
  }

  return {
    async quote(symbols) {
      const quotes: YahooQuote[] = []
      for (let at = 0; at < symbols.length; at += SYMBOLS_PER_REQUEST) {
        const some = symbols.slice(at, at + SYMBOLS_PER_REQUEST)
        const answer = await politeness.ask(`quote ${some.join(',')}`, () =>
          ask(yahoo => yahoo.quote(some, {}, { validateResult: false })),
        )
        if (!Array.isArray(answer)) throw new TypeError('the quote answer is no list')
        quotes.push(...(answer as YahooQuote[]))
      }
      return quotes
    },
    async chart(symbol, interval, from, to) {
      const period1 = new Date(toMillis(from))
      const period2 = new Date(toMillis(to))
      const answer = await politeness.ask(`chart ${symbol} ${interval}`, () =>
        ask(yahoo =>
          yahoo.chart(symbol, { interval, period1, period2, includePrePost: interval !== '1d' }, { validateResult: false }),
        ),
      )
      const rows = (answer as { quotes?: unknown } | null)?.quotes
      if (!Array.isArray(rows)) throw new TypeError('the chart answer has no list of bars')
      return rows as YahooChartRow[]
    },
    // Validated by parseSearch: the library's schema refuses what Yahoo sends nowadays.
    search: text =>
      politeness.ask(`search ${text}`, () => ask(yahoo => yahoo.search(text, { newsCount: 0 }, { validateResult: false }))),
    options: (symbol, expiry) =>
      politeness.ask(`options ${symbol} ${expiry?.toISOString().slice(0, 10) ?? ''}`, () =>
        ask(yahoo => yahoo.options(symbol, expiry ? { date: expiry } : {}, { validateResult: false })),
      ),
    close: () => closing.abort(new DOMException('the source was closed', 'AbortError')),
  }
}

/** Data come from the query hosts as JSON; the crumb and the consent pages do not. */
function isData(url: string): boolean {
  return /^https:\/\/query\d\.finance\.yahoo\.com\//.test(url) && !url.includes('getcrumb')
}

/** The answer, once it is known to be whole JSON: what else comes is named in a sentence instead of being quoted at length. */
async function checked(response: Response): Promise<Response> {
  const text = await response.text()
  if (response.status === 401 || /invalid (crumb|cookie)/i.test(text.slice(0, 500)))
    throw new CrumbRefused('the crumb was refused')
  let isJson = true
  try {
    JSON.parse(text)
  } catch {
    isJson = false
  }
  if (!response.ok && (!isJson || response.status !== 404))
    throw new Error(`it answered ${response.status} ${response.statusText}`)
  if (!isJson) throw new Error(/^\s*</.test(text) ? 'it sent a web page instead of data' : 'its answer was cut off')
  return new Response(text, { status: response.status, statusText: response.statusText, headers: response.headers })
}

/** The library's errors in words of ours where they mean that there is no such symbol. */
function understood(fault: unknown): unknown {
  const message = fault instanceof Error ? fault.message : String(fault)
  if (/no data found|not found|delisted/i.test(message)) return new NotThere(message.slice(0, SHOWN))
  if (fault instanceof Error && fault.name === 'TypeError' && /fetch failed/i.test(message))
    return new Error('the network is not there')
  if (fault instanceof Error && message.length > SHOWN) return new Error(`${message.slice(0, SHOWN)}…`)
  return fault
}

async function inTime<T>(clock: Clock, outer: AbortSignal, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = new AbortController()
  const stop = clock.after(TIMEOUT_SECONDS, () => limit.abort(new Error(`no answer came within ${TIMEOUT_SECONDS} s`)))
  try {
    return await run(AbortSignal.any([outer, limit.signal]))
  } finally {
    stop()
  }
}
