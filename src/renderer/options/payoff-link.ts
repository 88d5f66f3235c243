import { useCallback } from 'react'
import { useApp } from '../app-context.tsx'
import { useFormat } from '../ui/format.ts'
import { notify } from '../ui/notice-store.ts'
import { useText } from '../ui/text.ts'
import { type Contract, isFileChain } from './chain-model.ts'
import type { StoredLeg } from './payoff-model.ts'
import type { PayoffParams } from './payoff-panel.tsx'

/** Adds a contract to the payoff panel of that chain: to one that is open, else to a new one. */
export function useAddToPayoff(chain: string): (contract: Contract) => void {
  const { bench } = useApp()
  const { t } = useText()
  const format = useFormat()
  return useCallback(
    ({ expiry, strike, side }) => {
      const state = bench.store.getState()
      const leg: StoredLeg = { kind: side, expiry, strike, quantity: 1 }
      const paramsOf = (id: string) => (state.panels[id]?.params ?? {}) as PayoffParams
      const subjectOf = (id: string) => {
        const { link = null, subject = null } = state.panels[id] ?? {}
        return link === null ? subject : (state.links[link] ?? subject)
      }
      // A position has one underlying: a payoff of another chain is left alone.
      const open = Object.entries(state.panels).find(
        ([id, { kind }]) => kind === 'options-payoff' && (paramsOf(id).chain ?? subjectOf(id)) === chain,
      )?.[0]
      if (open === undefined) {
        const place = isFileChain(chain)
          ? { params: { chain, legs: [leg] } }
          : { params: { legs: [leg] }, link: null, subject: chain }
        bench.open('options-payoff', place)
        return
      }
      bench.setParams(open, { legs: [...(paramsOf(open).legs ?? []), leg] })
      const name = `${format.number(strike, strike % 1 === 0 ? 0 : 2)} ${t(`chain.${side}`)} ${expiry}`
      notify({ tone: 'info', text: t('chain.addedToPayoff', { contract: name }), key: 'payoff' })
    },
    [bench, chain, format, t],
  )
}
