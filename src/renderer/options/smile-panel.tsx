import type { PanelProps } from '../panels.ts'
import { useText } from '../ui/text.ts'
import { type ChainChoice, ChainGate, type OpenChain } from './chain-gate.tsx'
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

export type SmileProps = PanelProps<SmileParams> & OpenChain & { readonly axis: SmileAxis }

/** Smiles of an underlying with their quotes, or the whole surface as a map. */
export function Panel(props: PanelProps<SmileParams>) {
  const { params } = props
  const { t } = useText()
  const axis = SMILE_AXES.find(known => known === params.axis) ?? 'strike'
  return (
    <ChainGate panel={props} resets={{ at: null }} about={t('smile.about')} shape="chart">
      {open => {
        const key = `${open.chain.key} ${params.at ?? ''}`
        return params.mode === 'map' ? (
          <SurfaceMap key={key} {...props} {...open} axis={axis} />
        ) : (
          <SmileView key={key} {...props} {...open} axis={axis} />
        )
      }}
    </ChainGate>
  )
}
