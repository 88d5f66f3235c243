import { useEffect, useRef } from 'react'
import type { Client } from '../../contract/index.ts'
import { useDesk, useHello } from '../desk.tsx'
import { useText } from '../ui/text.ts'
import type { Watchlists } from './watchlists.ts'

const FIRST_LIST = 'demo-market'
/** Rows of a list that was filled by itself: about a screen. */
export const FIRST_SIZE = 40

/** A fresh workspace with the demo market starts with a list of it, so that something lives on the first screen. */
export function useFirstList(watchlists: Watchlists, chosen: string | undefined): void {
  const desk = useDesk()
  const isDemo = useHello()?.demo === true
  const done = useRef(false)
  const { lists, create } = watchlists
  const { t } = useText()
  useEffect(() => {
    if (!isDemo || lists === null || lists.length > 0 || chosen !== undefined || done.current) return
    done.current = true
    void (async () => {
      const ids = await demoInstruments(desk)
      if (ids.length > 0) await create(FIRST_LIST, t('watchlist.firstName'), ids).catch(() => watchlists.retry())
    })().catch(() => watchlists.retry())
  }, [desk, isDemo, lists, chosen, create, t, watchlists])
}

/** Instruments of the demo market that a first list shows. */
export async function demoInstruments(desk: Client): Promise<string[]> {
  const { instruments } = await desk.market.search({ text: '', limit: 5000 })
  const demo = instruments.filter(({ venue }) => venue === 'DEMO')
  const perRoot = new Map<string, number>()
  // A whole strip would fill the screen with one product: its first three months are enough to begin with.
  const isNear = (instrument: (typeof demo)[number]) => {
    if (instrument.assetClass !== 'future') return true
    const root = rootOf(instrument)
    perRoot.set(root, (perRoot.get(root) ?? 0) + 1)
    return perRoot.get(root)! <= 3
  }
  const byMonth = demo.toSorted((a, b) => (a.contractMonth ?? '').localeCompare(b.contractMonth ?? ''))
  const near = byMonth.filter(isNear)
  // The front of each strip comes first: what this desk is about.
  const futures = near.filter(({ assetClass }) => assetClass === 'future').toSorted((a, b) => rootOf(a).localeCompare(rootOf(b)))
  const others = near.filter(({ assetClass }) => assetClass !== 'future')
  return [...futures, ...others].slice(0, FIRST_SIZE).map(({ id }) => id)
}

/** Product of a future: `CL` for `CLZ26`. */
function rootOf({ symbol }: { readonly symbol: string }): string {
  return symbol.replace(/[FGHJKMNQUVXZ]\d{1,2}$/, '')
}
