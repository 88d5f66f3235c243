import { useCallback } from 'react'
import { useApp } from '../app-context.tsx'
import { type PanelName, panelKind } from '../panels.ts'
import { useFormat } from '../ui/format.ts'
import { notify } from '../ui/notice-store.ts'
import { useText } from '../ui/text.ts'
import type { Contract } from './chain-model.ts'

const PAYOFF = 'options-payoff'

/** One leg as the payoff panel stores it. */
interface Leg {
  readonly kind: 'call' | 'put'
  readonly expiry: string
  readonly strike: number
  readonly quantity: number
}

/** Adds a contract to the payoff panel of that chain: to one that is open, else to a new one. */
export function useAddToPayoff(chain: string): (contract: Contract) => void {
  const { bench } = useApp()
  const { t } = useText()
  const format = useFormat()
  return useCallback(
    ({ expiry, strike, side }) => {
      const { panels } = bench.store.getState()
      const leg: Leg = { kind: side, expiry, strike, quantity: 1 }
      const open = Object.entries(panels).find(([, { kind }]) => (kind as string) === PAYOFF)
      if (open) {
        const [id, { params }] = open
        bench.setParams(id, { chain, legs: [...((params as { legs?: readonly Leg[] }).legs ?? []), leg] })
        const name = `${format.number(strike, strike % 1 === 0 ? 0 : 2)} ${t(`chain.${side}`)} ${expiry}`
        notify({ tone: 'info', text: t('chain.addedToPayoff', { contract: name }), key: 'payoff' })
      } else if (panelKind(PAYOFF)) bench.open(PAYOFF as PanelName, { params: { chain, legs: [leg] } })
    },
    [bench, chain, format, t],
  )
}
