import type { ReactNode } from 'react'
import type { UnderlyingState } from '../../contract/options.ts'
import { Empty, Failure, Loading } from '../ui/states.tsx'
import { useText } from '../ui/text.ts'
import { symbolText } from '../workspace/symbol-text.ts'
import { chainFor } from './chain-model.ts'
import { useUnderlyings } from './use-chain.ts'

/** Which chain a panel shows; stored with it. */
export interface ChainChoice {
  /** Key of a chain that is shown whatever the link group says; null follows the group. */
  readonly chain?: string | null
  /** Id of a kept moment; null is now. */
  readonly at?: string | null
}

/** A chain that was found, with the others there are. */
export interface OpenChain {
  readonly chain: UnderlyingState
  readonly chains: readonly UnderlyingState[]
}

/**
 * Finds the chain of a panel's symbol and says what is the matter where there is none.
 *
 * `onPick` is called with the chain that a person chose instead.
 */
export function ChainGate({
  subject,
  pinned,
  about,
  shape,
  onPick,
  children,
}: {
  subject: string | null
  pinned: string | null
  /** What the panel shows, for a panel that shows nothing yet. */
  about: string
  shape: 'rows' | 'chart'
  onPick(chain: UnderlyingState): void
  children(open: OpenChain): ReactNode
}) {
  const { t } = useText()
  const { chains, stream } = useUnderlyings()
  if (!chains) {
    if (stream.error) return <Failure error={stream.error} retry={stream.retry} />
    return <Loading waitsFor={t('chain.whatList')} shape={shape} />
  }
  const chain = chainFor(chains, subject, pinned)
  if (chain) return children({ chain, chains })
  const first = chains[0]
  const action = first ? { label: t('chain.show', { symbol: first.symbol }), run: () => onPick(first) } : undefined
  if (chains.length === 0) return <Empty title={t('chain.noneTitle')}>{t('chain.noneWords')}</Empty>
  if (subject === null && pinned === null)
    return (
      <Empty title={t('chain.noSymbolTitle')} action={action}>
        {about}
      </Empty>
    )
  return (
    <Empty title={t('chain.notTitle', { symbol: symbolText((pinned ?? subject ?? '').replace(/^file:/, '')) })} action={action}>
      {t('chain.notWords')}
    </Empty>
  )
}
