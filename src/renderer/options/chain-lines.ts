import { useMemo, useRef } from 'react'
import type { ChainFrame } from '../../contract/options.ts'
import type { GridLine } from '../ui/grid-model.ts'
import { type ChainTable, moneyOf, nearestStrike, rowKey, type StrikeRange, strikesWithin } from './chain-model.ts'

/** What decides which rows of a chain are shown. */
export interface LinesWish {
  readonly frame: ChainFrame | null
  readonly table: ChainTable
  /** Grows when rows came or went. */
  readonly version: number
  readonly layout: 'tabs' | 'stacked'
  readonly expiry: string | null
  /** Expiries whose blocks are open; in tabs it is the one shown. */
  readonly open: readonly string[]
  readonly range: StrikeRange
  readonly follows: boolean
  /** Head of a block. */
  nameOf(date: string): string
}

/** The lines of a chain and the line where the money is. */
export interface ChainLines {
  readonly lines: readonly GridLine[]
  readonly moneyLine: number
}

/**
 * The rows to show. They stay the same array while nothing comes or goes, so that nothing moves.
 *
 * A range of strikes is counted from where the money was when it was chosen; it moves on with the money only while that is
 * followed, and not before the money has gone a quarter of the range.
 */
export function useChainLines(wish: LinesWish): ChainLines {
  const { frame, table, version, layout, expiry, open, range, follows, nameOf } = wish
  const anchors = useRef(new Map<string, number>())
  const centreOf = (date: string): number => {
    const strikes = table.strikes(date)
    const money = frame
      ? moneyOf(
          frame,
          frame.expiries.find(summary => summary.date === date),
        )
      : null
    const now = nearestStrike(strikes, money)
    const name = `${date} ${range}`
    const before = anchors.current.get(name)
    const at = before === undefined ? -1 : nearestStrike(strikes, before)
    const isFar = range !== null && Math.abs(now - at) > Math.max(2, range / 4)
    if (now < 0 || (at >= 0 && !(follows && isFar))) return at
    anchors.current.set(name, money!)
    return now
  }
  const dates = frame?.expiries.map(({ date }) => date).join() ?? ''
  const centres = open.map(date => centreOf(date)).join()
  const openNames = open.join()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the table is read anew when its rows or the centres of the ranges changed
  const lines = useMemo(() => {
    const rows = (date: string): GridLine[] =>
      strikesWithin(table.strikes(date), centreOf(date), range).map(strike => ({ kind: 'row', key: rowKey(date, strike) }))
    if (layout === 'tabs') return expiry === null ? [] : rows(expiry)
    return (frame?.expiries ?? []).flatMap(({ date, contracts }): GridLine[] => {
      const isOpen = open.includes(date)
      return [{ kind: 'group', name: nameOf(date), count: contracts, folded: !isOpen }, ...(isOpen ? rows(date) : [])]
    })
  }, [table, version, layout, expiry, dates, openNames, range, centres, nameOf])
  const first = layout === 'tabs' ? expiry : (open[0] ?? null)
  const moneyLine = useMemo(() => {
    if (!frame || first === null) return -1
    const strikes = table.strikes(first)
    const at = nearestStrike(
      strikes,
      moneyOf(
        frame,
        frame.expiries.find(({ date }) => date === first),
      ),
    )
    if (at < 0) return -1
    const key = rowKey(first, strikes[at]!)
    return lines.findIndex(line => line.kind === 'row' && line.key === key)
  }, [frame, first, table, lines])
  return { lines, moneyLine }
}
