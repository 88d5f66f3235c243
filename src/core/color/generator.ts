import { dateOfDay, dayOfDate } from '../kit/calendar.ts'
import { createRandom, mixSeed, type Random } from '../kit/random.ts'
import { isoDate } from '../kit/time.ts'
import { addTradingDays, CALENDARS } from '../market/sessions.ts'
import { rankOf, USUAL_RANKS } from './bias-rank.ts'
import { type ColorRow, rankingPrice } from './color-row.ts'
import { type ColorBlock, spoilBlock } from './generator-faults.ts'
import { type Tranche, type TrancheLevel, tamed, trancheLevel, trancheOf } from './tranches.ts'

/** What is wanted of invented colors. */
export interface ColorPlan {
  readonly seed: number
  readonly rows: number
  /** Last business day, and how many there are; rows are spread over them evenly. */
  readonly until: string
  readonly days: number
  /** How many tranches there are to speak about; each day goes on where the one before ended. Without it none comes twice. */
  readonly tranches?: number
  /** Number that the first block has, so that a plan goes on where another ended: other messages about the same tranches. */
  readonly firstBlock?: number
  /** Share of rows with a fault, 0 to 1. */
  readonly dirty?: number
}

/** Invented colors, a block at a time; a block depends on the plan and its number alone. */
export interface ColorGenerator {
  readonly blocks: number
  /** Business day of a block. */
  day(number: number): string
  block(number: number): ColorBlock
}

/** Rows of a block: 40 tranches with 5.6 rows each, as on a real desk. */
export const BLOCK_ROWS = 224
const BLOCK_TRANCHES = 40
const MOST_ROWS = 100_000_000
/** Rows of one tranche: the logarithm is normal, so that a few names are what everybody talks about. */
const LOG_SIZE = 1.22
const MOST_PER_TRANCHE = 36
/** Chance that two rows of a tranche are a market, a bid and an offer in one message: a fifth of all rows. */
const MARKET_CHANCE = 0.22
/** Chance that a message goes on: two rows on average, some of its parts being markets and some ending it early. */
const GOES_ON = 0.47
/** First message id: far beyond 2^53, where doubles lie 16 apart. */
const FIRST_MESSAGE = 90_071_992_547_409_920n
const MESSAGES_PER_SEED = 1_000_000_000n
const MESSAGE_STEP = 3

const DEALERS = [
  ...['ASHCOMBE SECURITIES', 'BELLWICK & CO', 'CORRAN CAPITAL', 'DRAYTON MARSH', 'EASTLEIGH MARKETS', 'FERNHURST'],
  ...['GILLSTONE BANK', 'HALE & ORMOND', 'IVERNE SECURITIES', 'KIRKMOOR', 'LUDGROVE PARTNERS', 'MAYBRIDGE CAPITAL'],
]

/** What messages of dealers do not say. */
const UNSAID = { securityName: null, bwicCover: null, assetClass: null }

/** Quote types of rows outside markets, in parts of 10,000; with the markets' they make the mix of color.md 1.6. */
const SINGLE_TYPES: readonly (readonly [bias: string, parts: number])[] = [
  ['OFFER', 3_600],
  ['BWIC TALK', 3_850],
  ['BID', 1_950],
  ['BWIC COVER', 480],
  ['TRADE CONFIRM', 40],
  ['DNT', 30],
  ['COLOR', 20],
  ['VALUATION', 20],
  ['BWIC REO', 10],
]
const TWO_WAY = 0.1
/** Lean of the dealer who is furthest from the others. */
const DEALER_LEAN = 0.35
const LATE = 0.07
const EVENING_BEFORE = 0.2

/** How a quote type lies to the middle, in halves of the market; how much it is spread; and which way it is rounded. */
const LEANS: Readonly<Record<string, readonly [lean: number, noise: number, round: (ticks: number) => number]>> = {
  BID: [-1, 0, Math.floor],
  OFFER: [1, 0, Math.ceil],
  'BWIC TALK': [-0.5, 0.8, Math.round],
  'BWIC COVER': [-0.3, 0.3, Math.round],
  'TRADE CONFIRM': [0, 0.3, Math.round],
  VALUATION: [0, 0.2, Math.round],
}
const LEAN_OF_OTHERS = [-1, 0.3, Math.round] as const

/**
 * Invented dealer colors in the shapes of a real desk: the same plan gives the same rows on every machine.
 *
 * Source: the counts of color.md 1.6; names, prices and CUSIPs are invented.
 * Fails: RangeError for a plan that cannot be.
 */
export function createColorGenerator(plan: ColorPlan): ColorGenerator {
  checkPlan(plan)
  const blocks = Math.ceil(plan.rows / BLOCK_ROWS)
  const last = addTradingDays(dayOfDate(isoDate(plan.until)) + 1, -1, CALENDARS.nyse)
  const days = [last]
  while (days.length < plan.days) days.push(addTradingDays(days.at(-1) as number, -1, CALENDARS.nyse))
  days.reverse()
  const dayOf = (number: number) => days[Math.floor((number * days.length) / blocks)] as number
  return {
    blocks,
    day: number => dateOfDay(dayOf(number)),
    block(number) {
      if (!Number.isInteger(number) || number < 0 || number >= blocks)
        throw new RangeError(`blocks are 0 to ${blocks - 1}, was ${number}`)
      const made = makeBlock(plan, number + (plan.firstBlock ?? 0), dayOf(number))
      const wanted = made.slice(0, plan.rows - number * BLOCK_ROWS)
      return spoilBlock(wanted, plan.dirty ?? 0, createRandom(mixSeed(mixSeed(plan.seed, 6), number)))
    },
  }
}

/** All rows of a plan, one block in memory at a time. */
export function* generateColors(plan: ColorPlan): Generator<ColorRow, void, undefined> {
  const generator = createColorGenerator(plan)
  for (let number = 0; number < generator.blocks; number++) yield* generator.block(number).rows
}

function checkPlan({ rows, days, tranches, dirty = 0 }: ColorPlan): void {
  const isCount = (value: number, from: number, to: number) => Number.isInteger(value) && value >= from && value <= to
  if (!isCount(rows, 1, MOST_ROWS)) throw new RangeError(`rows are a whole number from 1 to ${MOST_ROWS}, was ${rows}`)
  if (!isCount(days, 1, 10_000)) throw new RangeError(`days are a whole number from 1 to 10000, was ${days}`)
  if (tranches !== undefined && !isCount(tranches, BLOCK_TRANCHES, MOST_ROWS))
    throw new RangeError(`tranches are a whole number from ${BLOCK_TRANCHES} on, was ${tranches}`)
  if (!(dirty >= 0 && dirty <= 1)) throw new RangeError(`the share of dirty rows is from 0 to 1, was ${dirty}`)
}

/** Rows that belong together: one quote, or both sides of a market. */
interface Part {
  readonly tranche: number
  readonly types: readonly string[]
}

function makeBlock({ seed, tranches }: ColorPlan, number: number, day: number): readonly ColorRow[] {
  const random = createRandom(mixSeed(mixSeed(seed, 5), number))
  const spoken = Array.from({ length: BLOCK_TRANCHES }, (_, at) => {
    const place = number * BLOCK_TRANCHES + at
    const tranche = trancheOf(seed, tranches === undefined ? place : place % tranches)
    return { tranche, level: trancheLevel(tranche, day) }
  })
  const dayBefore = addTradingDays(day, -1, CALENDARS.nyse)
  const parts = shuffled(partsOf(groupSizes(random), random), random)
  const firstMessage = FIRST_MESSAGE + BigInt(seed >>> 0) * MESSAGES_PER_SEED
  let message = number * BLOCK_ROWS - 1
  let head: Head | null = null
  let said: Part[] = []
  const rows: ColorRow[] = []
  for (const part of parts) {
    // Nobody says the same thing twice in one message: a tranche that comes again begins a new one.
    const goesOn = random.uniform() < GOES_ON && said.every(one => one.tranche !== part.tranche)
    if (!head || !goesOn) {
      message += 1
      said = []
      head = newMessage(firstMessage, message, [day, dayBefore], random)
    }
    const { tranche, level } = spoken[part.tranche] as { readonly tranche: Tranche; readonly level: TrancheLevel }
    const about = {
      ticker: tranche.ticker,
      sector: tranche.kind.sector,
      cusip: tranche.cusip,
      covPrice: level.evaluated,
      ...UNSAID,
    }
    for (const [side, { bias, bid, ask }] of pricesOf(part, tranche, level, head.source, random).entries()) {
      const place = { rowId: `${head.messageId}-${said.length}-${side}`, received: number * BLOCK_ROWS + rows.length }
      const px = rankingPrice(bid, ask)
      rows.push({ ...place, ...head, ...about, priceLevel: px, bid, ask, px, ...rankOf(bias, bid !== null, USUAL_RANKS) })
    }
    said.push(part)
  }
  return rows
}

type Head = Pick<ColorRow, 'messageId' | 'source' | 'date' | 'date1' | 'confidence'>

function newMessage(base: bigint, number: number, [day, before]: readonly [number, number], random: Random): Head {
  const step = number * MESSAGE_STEP + Math.floor(random.uniform() * MESSAGE_STEP)
  const isLate = random.uniform() < LATE
  const isFromBefore = isLate || random.uniform() < EVENING_BEFORE
  return {
    messageId: `${base + BigInt(step)}`,
    source: DEALERS[Math.floor(random.uniform() * DEALERS.length)] as string,
    date: dateOfDay(isLate ? before : day),
    date1: dateOfDay(isFromBefore ? before : day),
    // Parsers are mostly sure; ten is a form that they know.
    confidence: Math.max(0, 10 - Math.floor(2 * random.exponential())),
  }
}

/** How many rows each tranche has: skewed, at most 36, together those of a block. */
function groupSizes(random: Random): readonly number[] {
  const draw = () => Math.max(1, Math.min(MOST_PER_TRANCHE, Math.round(Math.exp(LOG_SIZE + random.normal()))))
  const sizes = Array.from({ length: BLOCK_TRANCHES }, draw)
  let over = sizes.reduce((sum, size) => sum + size, 0) - BLOCK_ROWS
  while (over !== 0) {
    const at = Math.floor(random.uniform() * BLOCK_TRANCHES)
    const wanted = (sizes[at] as number) - Math.sign(over)
    if (wanted < 1 || wanted > MOST_PER_TRANCHE) continue
    sizes[at] = wanted
    over -= Math.sign(over)
  }
  return sizes
}

function partsOf(sizes: readonly number[], random: Random): Part[] {
  return sizes.flatMap((size, tranche): Part[] => {
    const pairs = Array.from({ length: Math.floor(size / 2) }).filter(() => random.uniform() < MARKET_CHANCE)
    const singles = Array.from({ length: size - 2 * pairs.length }, () => ({ tranche, types: [singleType(random)] }))
    return [...pairs.map(() => ({ tranche, types: ['BID', 'OFFER'] })), ...singles]
  })
}

function singleType(random: Random): string {
  let left = random.uniform() * 10_000
  for (const [bias, parts] of SINGLE_TYPES) {
    left -= parts
    if (left < 0) return bias
  }
  return 'OFFER'
}

function shuffled(parts: Part[], random: Random): readonly Part[] {
  for (let at = parts.length - 1; at > 0; at--) {
    const other = Math.floor(random.uniform() * (at + 1))
    const held = parts[at] as Part
    parts[at] = parts[other] as Part
    parts[other] = held
  }
  return parts
}

/** How far a dealer sees the market above or below the others, in halves of it: some are always dear, some always cheap. */
function dealerLean(source: string): number {
  return DEALER_LEAN * (2 * (DEALERS.indexOf(source) / (DEALERS.length - 1)) - 1)
}

type Prices = Pick<ColorRow, 'bias' | 'bid' | 'ask'>

/** The prices of a part: one dealer sees one middle and one distance, so that its bid is below its offer. */
function pricesOf({ types }: Part, { kind }: Tranche, { mid }: TrancheLevel, source: string, random: Random): readonly Prices[] {
  const half = kind.half * (0.5 + 0.5 * Math.min(3, random.exponential()))
  const middle = mid + half * (dealerLean(source) + 0.25 * tamed(random.normal()))
  const priceOf = (bias: string) => {
    const [lean, noise, round] = LEANS[bias] ?? LEAN_OF_OTHERS
    const price = middle + half * (lean + noise * tamed(random.normal()))
    const bounded = Math.max(kind.low, Math.min(kind.high, price))
    const hundredths = round((bounded * 100) / kind.tick) * kind.tick
    return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`
  }
  return types.map(bias => {
    if (bias === 'OFFER') return { bias, bid: null, ask: priceOf(bias) }
    const isTwoWay = bias === 'BID' && types.length === 1 && random.uniform() < TWO_WAY
    return { bias, bid: priceOf(bias), ask: isTwoWay ? priceOf('OFFER') : null }
  })
}
