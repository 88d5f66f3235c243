import { type ReactNode, useEffect } from 'react'
import type { ChainFrame, UnderlyingState } from '../../contract/options.ts'
import type { PanelProps } from '../panels.ts'
import { Empty, Failure, Loading } from '../ui/states.tsx'
import { type PlainKey, useText } from '../ui/text.ts'
import css from './chain.module.css'
import type { ChainChoice, OpenChain } from './chain-gate.tsx'
import { ChainMark } from './chain-mark.tsx'
import { MomentBanner, MomentPicker } from './chain-moments.tsx'
import { ChainPicker } from './chain-picker.tsx'
import type { ChainView } from './use-chain.ts'

/** The frame of a panel that draws a chain: which chain and which moment, the panel's own choices, and what is the matter. */
export function ChainFrameView({
  params,
  setParams,
  setTitle,
  actions,
  chain,
  chains,
  onPick,
  view,
  title,
  lead,
  children,
}: Pick<PanelProps<ChainChoice>, 'params' | 'setTitle' | 'actions'> &
  OpenChain & {
    setParams(patch: ChainChoice): void
    onPick(chain: UnderlyingState): void
    readonly view: ChainView
    readonly title: PlainKey
    /** The panel's own choices, at the right of its bar. */
    readonly lead: ReactNode
    children(frame: ChainFrame): ReactNode
  }) {
  const { t } = useText()
  const { frame, snapshot } = view
  const at = params.at ?? null
  useEffect(
    () => setTitle(params.chain ? `${chain.symbol} · ${t(title)}` : t(title)),
    [setTitle, t, title, params.chain, chain.symbol],
  )
  return (
    <section className={css.panel} aria-label={t(title)}>
      <ChainMark view={view} actions={actions} />
      <div className={css.bar}>
        <ChainPicker chain={chain} chains={chains} onPick={onPick} />
        <MomentPicker
          underlying={chain.key}
          symbol={chain.symbol}
          asOf={chain.asOf}
          at={at}
          onPick={id => setParams({ at: id })}
        />
        <span className={css.space} />
        {lead}
      </div>
      {snapshot ? <MomentBanner snapshot={snapshot} onBack={() => setParams({ at: null })} /> : null}
      {!frame && view.error ? <Failure error={view.error} retry={view.retry} /> : null}
      {!frame && !view.error ? <Loading waitsFor={t('chain.what', { symbol: chain.symbol })} shape="chart" /> : null}
      {frame && frame.expiries.length === 0 ? <Empty title={t('chain.noExpiriesTitle')}>{t('chain.noExpiries')}</Empty> : null}
      {frame && frame.expiries.length > 0 ? children(frame) : null}
    </section>
  )
}
