import { MICROS_PER_SECOND } from '../../../core/kit/time.ts'
import { termsOf } from '../../../core/options/read-chain/terms.ts'
import type { Stop } from '../../../platform/clock.ts'
import { createYahooClient } from '../../sources/yahoo/client.ts'
import { type BreakerState, createPoliteness, LeftAlone, NotThere, PROBE_SECONDS } from '../../sources/yahoo/politeness.ts'
import type { ChainFeed, ChainFeedContext, ChainFeedSession, ListedOption } from '../chain-feed.ts'
import { parseYahooOptions, type YahooExpiry } from './yahoo-parse.ts'

/** An answer has a whole expiry: one that is so fresh is not asked for again. */
const FRESH_SECONDS = 25
/** Expiries that are not known yet are asked for one by one with this pause. */
const DISCOVER_SECONDS = 3
const POLL_EVERY_SECONDS = 5
const POLL_SIZE = 200

/** Yahoo's option pages, asked as seldom as will do: an expiry at a time, quotes delayed by a quarter of an hour. */
export const yahooChainFeed: ChainFeed = {
  name: 'yahoo',
  gives: 'delayed',
  lines: 0,
  pollSize: POLL_SIZE,
  pollEverySeconds: POLL_EVERY_SECONDS,
  // An expiry of a full list comes round once in a few minutes.
  staleSeconds: 20 * 60,
  underlyings: ['SPY'],
  findsAny: true,
  open: openYahoo,
}

interface Followed {
  readonly symbol: string
  /** By expiry, as YYYY-MM-DD. */
  readonly contracts: Map<string, readonly ListedOption[]>
  readonly answeredAt: Map<string, number>
  readonly dates: Map<string, Date>
  readonly asked: Set<string>
  waiting: Stop | null
}

const dayText = (date: Date) => date.toISOString().slice(0, 10)

function openYahoo({ clock, log, sink, fetch }: ChainFeedContext): ChainFeedSession {
  const followed = new Map<string, Followed>()
  let isClosed = false
  const tell = (breaker: BreakerState) => {
    if (isClosed || breaker.state === 'closed') return
    for (const symbol of followed.keys()) sink.phase(symbol, 'backing-off', breaker.reason ?? undefined)
  }
  const politeness = createPoliteness({ clock, log, onChange: tell })
  const client = createYahooClient({ clock, log, politeness, fetch })
  const isFollowed = (one: Followed) => !isClosed && followed.get(one.symbol) === one

  const take = (one: Followed, answer: YahooExpiry) => {
    const { symbol } = one
    for (const frame of answer.refused) sink.refused(frame)
    for (const date of answer.expiries) one.dates.set(dayText(date), date)
    const byExpiry = byExpiryOf(answer.contracts)
    const isNew = [...byExpiry].some(([expiry, list]) => one.contracts.get(expiry)?.length !== list.length)
    for (const [expiry, list] of byExpiry) {
      one.contracts.set(expiry, list)
      one.answeredAt.set(expiry, clock.monotonic())
    }
    if (isNew) {
      const { exercise, multiplier } = termsOf(symbol)
      sink.listing({ underlying: symbol, exercise, multiplier, tickSize: 0.01, contracts: [...one.contracts.values()].flat() })
    }
    if (answer.spot) sink.spot(symbol, answer.spot)
    if (answer.quotes.length > 0) sink.quotes(symbol, answer.quotes)
    sink.phase(symbol, 'up')
  }

  /** Asks for one expiry, or for the nearest and the list of all. */
  const ask = async (one: Followed, expiry: string | null): Promise<void> => {
    const key = expiry ?? ''
    if (one.asked.has(key)) return
    one.asked.add(key)
    try {
      const answer = await client.options(one.symbol, expiry === null ? undefined : one.dates.get(expiry))
      if (!isFollowed(one)) return
      // An expiry that has passed is answered with empty lists: nothing of it is asked for again.
      if (expiry !== null) one.answeredAt.set(expiry, clock.monotonic())
      if (answer === undefined || answer === null) throw new NotThere(`Yahoo lists no options on ${one.symbol}`)
      const parsed = parseYahooOptions(answer, one.symbol)
      if (parsed.expiries.length === 0) throw new NotThere(`Yahoo lists no options on ${one.symbol}`)
      take(one, parsed)
      discover(one, DISCOVER_SECONDS)
    } catch (fault) {
      if (isFollowed(one)) failed(one, expiry, fault)
    } finally {
      one.asked.delete(key)
    }
  }

  const failed = (one: Followed, expiry: string | null, fault: unknown) => {
    const reason = fault instanceof Error ? fault.message : String(fault)
    log.info('yahoo.options', { underlying: one.symbol, expiry, reason })
    if (fault instanceof NotThere) return sink.phase(one.symbol, 'failed', reason)
    if (fault instanceof TypeError) sink.refused({ raw: one.symbol, reason })
    sink.phase(one.symbol, 'backing-off', reason)
    const wait = fault instanceof LeftAlone ? (fault.nextTry - clock.now()) / MICROS_PER_SECOND : PROBE_SECONDS
    discover(one, Math.max(1, wait))
  }

  /** The next expiry that nobody has asked for yet, after a pause. */
  const discover = (one: Followed, seconds: number) => {
    one.waiting?.()
    one.waiting = clock.after(seconds, () => {
      one.waiting = null
      if (!isFollowed(one)) return
      if (one.dates.size === 0) return void ask(one, null)
      const next = [...one.dates.keys()].sort().find(expiry => !one.answeredAt.has(expiry))
      if (next !== undefined) void ask(one, next)
    })
  }

  return {
    follow(underlying) {
      if (isClosed || followed.has(underlying)) return
      const empty = { contracts: new Map(), answeredAt: new Map(), dates: new Map(), asked: new Set<string>(), waiting: null }
      const one: Followed = { symbol: underlying, ...empty }
      followed.set(underlying, one)
      sink.phase(underlying, 'connecting')
      void ask(one, null)
    },
    unfollow(underlying) {
      followed.get(underlying)?.waiting?.()
      followed.delete(underlying)
    },
    stream() {
      // There are no lines.
    },
    poll(underlying, keys) {
      const one = followed.get(underlying)
      if (!one) return
      const wanted = new Set(keys)
      const now = clock.monotonic()
      for (const [expiry, list] of one.contracts) {
        const isOld = now - (one.answeredAt.get(expiry) ?? Number.NEGATIVE_INFINITY) > FRESH_SECONDS
        if (!isOld || !list.some(({ key }) => wanted.has(key))) continue
        void ask(one, expiry)
        // One question a poll: the rest of the keys come round again.
        return
      }
    },
    async close() {
      isClosed = true
      for (const one of followed.values()) one.waiting?.()
      followed.clear()
      politeness.close()
      client.close()
    },
  }
}

function byExpiryOf(contracts: readonly ListedOption[]): ReadonlyMap<string, readonly ListedOption[]> {
  const byExpiry = new Map<string, ListedOption[]>()
  for (const one of contracts) {
    const list = byExpiry.get(one.expiry)
    if (list) list.push(one)
    else byExpiry.set(one.expiry, [one])
  }
  return byExpiry
}
