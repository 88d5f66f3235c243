import type { ReactNode } from 'react'
import type { UnderlyingState } from '../../contract/options.ts'
import type { PanelProps } from '../panels.ts'
import { Empty, Failure, Loading } from '../ui/states.tsx'
import { useText } from '../ui/text.ts'
import { symbolText } from '../workspace/symbol-text.ts'
import { chainFor, isFileChain } from './chain-model.ts'
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
  /** Shows another chain instead: that of a file is pinned, any other becomes the symbol of the panel. */
  readonly onPick: (chain: UnderlyingState) => void
}

/**
 * Finds the chain of a panel's symbol and says what is the matter where there is none.
 *
 * `resets` is what of the panel's params belongs to one chain and begins anew with another.
 */
export function ChainGate<P extends ChainChoice>({
  panel: { params, setParams, subject, setSubject },
  resets,
  about,
  shape,
  children,
}: {
  panel: PanelProps<P>
  resets: Partial<P>
  /** What the panel shows, for a panel that shows nothing yet. */
  about: string
  shape: 'rows' | 'chart'
  children(open: OpenChain): ReactNode
}) {
  const { t } = useText()
  const { chains, stream } = useUnderlyings()
  const pinned = params.chain ?? null
  const onPick = ({ key }: UnderlyingState) => {
    const isFile = isFileChain(key)
    setParams({ ...resets, chain: isFile ? key : null })
    if (!isFile) setSubject(key)
  }
  if (!chains) {
    if (stream.error) return <Failure error={stream.error} retry={stream.retry} />
    return <Loading waitsFor={t('chain.whatList')} shape={shape} />
  }
  const chain = chainFor(chains, subject, pinned)
  if (chain) return children({ chain, chains, onPick })
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
