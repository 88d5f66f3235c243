import { MICROS_PER_SECOND } from '../../../core/kit/time.ts'
import { DEMO_OPTION_ROOTS, type DemoOptionRoot, demoOptionListing } from '../../../core/options/demo/listing.ts'
import { type DemoOptionQuote, demoOptionQuotes, demoOptionSpot, QUOTE_TURN } from '../../../core/options/demo/quotes.ts'
import type { ChainFeed, ChainFeedContext, ChainFeedSession } from '../chain-feed.ts'

const LINES = 400
const POLL_SIZE = 200
const POLL_EVERY_SECONDS = 0.5
/** A streamed quote that has not changed is confirmed this often, so that it does not look old. */
const CONFIRM_SECONDS = 1
/** Time that an answer to a poll is on its way. */
const ANSWER_SECONDS = 0.03

/** The invented options: every quote is a function of the seed, the contract and the time. */
export const demoChainFeed: ChainFeed = {
  name: 'demo',
  gives: 'demo',
  lines: LINES,
  pollSize: POLL_SIZE,
  pollsAcross: true,
  pollEverySeconds: POLL_EVERY_SECONDS,
  staleSeconds: 6,
  underlyings: DEMO_OPTION_ROOTS,
  findsAny: false,
  open: openDemo,
}

/** What is sent of one underlying. */
interface Followed {
  readonly root: DemoOptionRoot
  /** Listing and halt as they were told last. */
  listed: object | null
  isHalted: boolean
  spotTime: number
  streamed: readonly string[]
  readonly sent: Map<string, DemoOptionQuote>
}

function isRoot(text: string): text is DemoOptionRoot {
  return (DEMO_OPTION_ROOTS as readonly string[]).includes(text)
}

function openDemo({ clock, sink, seed }: ChainFeedContext): ChainFeedSession {
  const followed = new Map<string, Followed>()
  const answers = new Set<() => void>()
  let isClosed = false

  const tellUnderlying = (one: Followed, now: number) => {
    const { root } = one
    const listing = demoOptionListing(seed, root, now)
    if (listing !== one.listed) {
      one.listed = listing
      const { exercise, multiplier, tickSize, contracts } = listing
      sink.listing({ underlying: root, exercise, multiplier, tickSize, isOnFuture: root !== 'SPY', contracts })
    }
    const spot = demoOptionSpot(seed, root, now)
    if (spot.isHalted !== one.isHalted) {
      one.isHalted = spot.isHalted
      sink.halted(root, spot.isHalted)
    }
    if (spot.isHalted || spot.time === one.spotTime) return
    one.spotTime = spot.time
    sink.spot(root, { bid: spot.bid, ask: spot.ask, eventTime: spot.time })
  }

  const tellStreamed = (one: Followed, now: number) => {
    if (one.streamed.length === 0) return
    const quotes = demoOptionQuotes({ seed, root: one.root, at: now, keys: one.streamed })
    const news = quotes.filter(quote => isNews(one.sent.get(quote.key), quote))
    for (const quote of news) one.sent.set(quote.key, quote)
    if (news.length > 0) sink.quotes(one.root, news)
  }

  const step = () => {
    const now = clock.now()
    for (const one of followed.values()) {
      tellUnderlying(one, now)
      tellStreamed(one, now)
    }
  }
  const stop = clock.every(QUOTE_TURN / MICROS_PER_SECOND, step)

  return {
    follow(underlying) {
      if (isClosed || followed.has(underlying)) return
      if (!isRoot(underlying)) {
        sink.phase(underlying, 'failed', 'unknown-underlying')
        return
      }
      const one = { root: underlying, listed: null, isHalted: false, spotTime: Number.NaN, streamed: [], sent: new Map() }
      followed.set(underlying, one)
      sink.phase(underlying, 'up')
      tellUnderlying(one, clock.now())
    },
    unfollow(underlying) {
      followed.delete(underlying)
    },
    stream(underlying, keys) {
      const one = followed.get(underlying)
      if (!one) return
      let lines = keys.length
      for (const other of followed.values()) if (other !== one) lines += other.streamed.length
      if (lines > LINES) throw new RangeError(`the demo feed streams at most ${LINES} contracts, asked for were ${lines}`)
      one.streamed = [...keys]
      const kept = new Set(keys)
      for (const key of one.sent.keys()) if (!kept.has(key)) one.sent.delete(key)
      tellStreamed(one, clock.now())
    },
    poll(underlying, keys) {
      const one = followed.get(underlying)
      if (!one) return
      const end = clock.after(ANSWER_SECONDS, () => {
        answers.delete(end)
        if (!followed.has(underlying)) return
        const quotes = demoOptionQuotes({ seed, root: one.root, at: clock.now(), keys: keys.slice(0, POLL_SIZE) })
        if (quotes.length > 0) sink.quotes(underlying, quotes)
      })
      answers.add(end)
    },
    async close() {
      isClosed = true
      stop()
      for (const end of answers) end()
      answers.clear()
      followed.clear()
    },
  }
}

/** Whether a quote differs from the one sent last, or that one is due to be confirmed; the time of a silent maker stands still. */
function isNews(before: DemoOptionQuote | undefined, quote: DemoOptionQuote): boolean {
  if (!before || quote.eventTime - before.eventTime >= CONFIRM_SECONDS * MICROS_PER_SECOND) return true
  return (
    !Object.is(before.bid, quote.bid) ||
    !Object.is(before.ask, quote.ask) ||
    before.bidSize !== quote.bidSize ||
    before.askSize !== quote.askSize ||
    before.volume !== quote.volume
  )
}
