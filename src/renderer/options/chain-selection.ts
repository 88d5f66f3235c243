import { useCallback } from 'react'
import { createStore, useStore } from 'zustand'
import type { Contract } from './chain-model.ts'

/** The contract that the panels of one chain are about, by the chain's key; it is not kept. */
const chosen = createStore<{ readonly byChain: Readonly<Record<string, Contract>> }>(() => ({ byChain: {} }))

export function chooseContract(chain: string, contract: Contract): void {
  chosen.setState(({ byChain }) => ({ byChain: { ...byChain, [chain]: contract } }))
}

/** The contract chosen in any panel of that chain, and the function that chooses another. */
export function useContract(chain: string): [Contract | null, (contract: Contract) => void] {
  const contract = useStore(chosen, ({ byChain }) => byChain[chain] ?? null)
  return [contract, useCallback((next: Contract) => chooseContract(chain, next), [chain])]
}
