import type { UnderlyingState } from '../../contract/options.ts'
import type { PanelProps } from '../panels.ts'
import { useText } from '../ui/text.ts'
import { type ChainChoice, ChainGate, type OpenChain } from './chain-gate.tsx'
import { isFileChain } from './chain-model.ts'
import { SMILE_AXES, type SmileAxis } from './smile-model.ts'
import { SmileView } from './smile-view.tsx'
import { SurfaceMap } from './surface-map.tsx'

/** What a smile panel remembers. */
export interface SmileParams extends ChainChoice {
  readonly mode?: 'smile' | 'map'
  readonly axis?: SmileAxis
  readonly expiries?: readonly string[]
  readonly quotes?: 'otm' | 'all'
  readonly shows?: 'fit' | 'mid' | 'residual'
}

export type SmileProps = PanelProps<SmileParams> & OpenChain & { readonly axis: SmileAxis; onPick(chain: UnderlyingState): void }

/** Smiles of an underlying with their quotes, or the whole surface as a map. */
export function Panel(props: PanelProps<SmileParams>) {
  const { params, setParams, subject, setSubject } = props
  const { t } = useText()
  const pick = (chain: UnderlyingState) => {
    if (isFileChain(chain.key)) return setParams({ chain: chain.key, at: null })
    setParams({ chain: null, at: null })
    setSubject(chain.key)
  }
  const axis = SMILE_AXES.find(known => known === params.axis) ?? 'strike'
  return (
    <ChainGate subject={subject} pinned={params.chain ?? null} about={t('smile.about')} shape="chart" onPick={pick}>
      {open => {
        const key = `${open.chain.key} ${params.at ?? ''}`
        return params.mode === 'map' ? (
          <SurfaceMap key={key} {...props} {...open} axis={axis} onPick={pick} />
        ) : (
          <SmileView key={key} {...props} {...open} axis={axis} onPick={pick} />
        )
      }}
    </ChainGate>
  )
}
