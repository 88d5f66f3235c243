import type { ColorRow } from './color-row.ts'
import { BLOCK_ROWS, type ColorGenerator, createColorGenerator } from './generator.ts'

/** Tranches that the invented desk follows: each is spoken of on two days of three. */
const TRANCHES = 480
const BLOCKS_A_DAY = 8
/** One row in so many of the invented file has a fault that keeps it apart. */
const WRONG_EVERY = 120

/** What a sender calls what a row is about. */
const withClass = (row: ColorRow): ColorRow => ({ ...row, assetClass: row.sector.includes('CLO') ? 'CLO' : 'ABS' })

/** Business days of invented colors up to one, each with about 1,800 rows; prices go on from day to day. */
export function demoDays(
  seed: number,
  until: string,
  days: number,
): readonly { readonly day: string; rows(): readonly ColorRow[] }[] {
  const generator = createColorGenerator({ seed, until, days, tranches: TRANCHES, rows: days * BLOCKS_A_DAY * BLOCK_ROWS })
  return Array.from({ length: days }, (_, k) => {
    const first = k * BLOCKS_A_DAY
    return { day: generator.day(first), rows: () => blocksFrom(generator, first).map(withClass) }
  })
}

function blocksFrom(generator: ColorGenerator, first: number): readonly ColorRow[] {
  return Array.from({ length: BLOCKS_A_DAY }, (_, k) => generator.block(first + k).rows).flat()
}

/** A day's quotes about the same tranches as a dealer would send them: some marked, some that cannot be used, with the reason for each to find. */
export function demoFile(seed: number, day: string, historyDays: number): readonly ColorRow[] {
  const generator = createColorGenerator({
    ...{ seed, until: day, days: 1, tranches: TRANCHES, rows: BLOCKS_A_DAY * BLOCK_ROWS, dirty: 0.03 },
    firstBlock: historyDays * BLOCKS_A_DAY,
  })
  return blocksFrom(generator, 0).map((row, at) => (at % WRONG_EVERY === 60 ? wrong(row, Math.floor(at / WRONG_EVERY)) : row))
}

function wrong(row: ColorRow, turn: number): ColorRow {
  switch (turn % 4) {
    // As a spreadsheet that took the id for a number wrote it: its digits are gone.
    case 0:
      return { ...row, messageId: '9.00720E+16' }
    case 1:
      return { ...row, bid: '998.50', px: '998.50', priceLevel: '998.50', sector: 'US CLO 2.0 MEZZ' }
    case 2:
      return { ...row, date: '' }
    default:
      return { ...row, confidence: 14 }
  }
}
