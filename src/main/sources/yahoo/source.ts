import { reasonOf } from '../../../contract/reasons.ts'
import { type InstrumentId, symbolOf } from '../../../core/kit/ids.ts'
import { type EpochMicros, epochMicros, MICROS_PER_SECOND } from '../../../core/kit/time.ts'
import type { Instrument } from '../../../core/market/instrument.ts'
import type { Source, SourceContext, SourceSession } from '../source.ts'
import { createYahooClient } from './client.ts'
import { createYahooHistory } from './history.ts'
import { instrumentOf, type ParsedQuote, parseQuote, parseSearch, type YahooQuote, yahooId } from './parse.ts'
import {
  type BreakerState,
  createAnswerCache,
  createPoliteness,
  LeftAlone,
  REQUESTS_PER_WINDOW,
  WINDOW_SECONDS,
} from './politeness.ts'

/** Quotes are asked for this often while anybody looks at one. */
export const POLL_SECONDS = 15
/** Subscriptions that come together are asked for together. */
const GATHER_SECONDS = 0.05
const QUOTES_KEY = 'quotes'

/** Newest quote of each symbol as it came, with the instant; this is what the cache on disk holds. */
type KeptQuotes = Record<string, { readonly at: number; readonly quote: YahooQuote }>

/** Yahoo Finance through the client yahoo-finance2, asked as seldom as will do. */
export const yahooSource: Source = {
  name: 'yahoo',
  title: 'Yahoo Finance',
  gives: 'delayed',
  enabledAtFirst: false,
  expectedIntervalSeconds: POLL_SECONDS,
  credentials: [],
  open: openYahoo,
}

function openYahoo({ clock, log, sink, folder, fetch }: SourceContext): SourceSession {
  const cache = createAnswerCache(folder, log)
  const subscribed = new Set<InstrumentId>()
  const lastTrade = new Map<InstrumentId, EpochMicros>()
  const lastQuote = new Map<InstrumentId, string>()
  let kept: KeptQuotes = {}
  let closed = false
  let seq = 0
  let timer: (() => void) | null = null
  let polling = false
  let writing: Promise<void> = Promise.resolve()

  const tell = (breaker: BreakerState) => {
    if (closed) return
    sink.budget({ left: breaker.left, of: REQUESTS_PER_WINDOW, perSeconds: WINDOW_SECONDS, nextTry: breaker.nextTry })
    if (breaker.state === 'closed') sink.phase('up')
    else sink.phase('backing-off', breaker.reason ?? undefined)
  }
  const politeness = createPoliteness({ clock, log, onChange: tell })
  const client = createYahooClient({ clock, log, politeness, fetch })
  const history = createYahooHistory({ clock, log, client, cache, onCacheHit: () => sink.count('cacheHits') })

  const loaded = cache.read<KeptQuotes>(QUOTES_KEY).then(found => {
    kept = found?.value ?? {}
  })

  /** What was known before, so that there is something to see, with its age, before an answer comes. */
  const showKept = (ids: readonly InstrumentId[]) => {
    for (const id of ids) {
      const entry = kept[symbolOf(id)]
      const parsed = entry && !lastQuote.has(id) ? parseQuote(entry.quote) : null
      if (!entry || !parsed) continue
      sink.count('cacheHits')
      const receipt = { receiptTime: epochMicros(entry.at) }
      if (parsed.trade) sink.trades([{ ...parsed.trade, seq: Number.NaN }], receipt)
      sink.quotes([{ ...parsed.quote, seq: Number.NaN }], receipt)
      sink.days([parsed.day], receipt)
    }
  }

  const put = (parsed: ParsedQuote) => {
    const { instrument, quote, trade, day, state, reason } = parsed
    const id = instrument.id
    sink.liveness([{ instrument: id, state, reason }])
    // What has not changed since the last poll is no new record; the day's figures carry the news that it still stands.
    const text = `${quote.bid} ${quote.ask} ${quote.bidSize} ${quote.askSize} ${quote.eventTime}`
    if (text !== lastQuote.get(id)) {
      sink.quotes([{ ...quote, seq: ++seq }])
      lastQuote.set(id, text)
    }
    if (trade && trade.eventTime !== lastTrade.get(id)) {
      sink.trades([{ ...trade, seq: ++seq }])
      lastTrade.set(id, trade.eventTime)
    }
    sink.days([day])
  }

  const poll = async () => {
    const ids = [...subscribed]
    if (polling || closed || ids.length === 0) return
    polling = true
    let wait = POLL_SECONDS
    try {
      const answer = await client.quote(ids.map(symbolOf))
      if (closed) return
      const now = clock.now()
      for (const quote of answer) {
        const parsed = parseQuote(quote)
        if (!parsed) sink.refused({ raw: JSON.stringify(quote), reason: 'the quote has no usable symbol or no time' })
        else {
          kept[quote.symbol] = { at: now, quote }
          if (subscribed.has(parsed.instrument.id)) put(parsed)
        }
      }
      // Not waited for: a slow disk must not slow the poll down.
      writing = writing.then(() => cache.write(QUOTES_KEY, now, kept))
    } catch (fault) {
      if (closed) return
      if (fault instanceof LeftAlone) wait = Math.max(1, (fault.nextTry - clock.now()) / MICROS_PER_SECOND)
      else log.warn('yahoo.poll', { reason: fault instanceof Error ? fault.message : String(fault) })
    } finally {
      polling = false
      if (!closed && subscribed.size > 0) again(wait)
    }
  }
  const again = (seconds: number) => {
    timer?.()
    timer = clock.after(seconds, () => void poll())
  }

  sink.phase('up', reasonOf('nothing-asked'))
  sink.budget({ left: REQUESTS_PER_WINDOW, of: REQUESTS_PER_WINDOW, perSeconds: WINDOW_SECONDS, nextTry: null })

  return {
    subscribe(ids) {
      const fresh = ids.filter(id => !subscribed.has(id))
      if (closed || fresh.length === 0) return
      for (const id of fresh) subscribed.add(id)
      loaded.then(() => {
        if (!closed) showKept(fresh.filter(id => subscribed.has(id)))
      })
      if (!polling) again(GATHER_SECONDS)
    },
    unsubscribe(ids) {
      for (const id of ids) {
        subscribed.delete(id)
        lastQuote.delete(id)
        lastTrade.delete(id)
      }
      if (subscribed.size === 0) {
        timer?.()
        timer = null
      }
    },
    find: async text => parseSearch(await client.search(text)),
    async resolve(symbol): Promise<Instrument | null> {
      const wanted = symbol.trim().toUpperCase()
      if (!yahooId(wanted)) return null
      const [quote] = await client.quote([wanted])
      return quote ? instrumentOf(quote) : null
    },
    history,
    async close() {
      closed = true
      timer?.()
      timer = null
      politeness.close()
      client.close()
      await writing
    },
  }
}
