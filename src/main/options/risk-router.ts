import { implement } from '@orpc/server'
import { riskContract } from '../../contract/options-risk.ts'
import type { IsoDate } from '../../core/kit/time.ts'
import type { GammaOrder } from '../../core/options/gamma-exposure.ts'
import type { Context } from '../context.ts'

const os = implement(riskContract).$context<Context>()

interface GammaInput {
  readonly convention: GammaOrder['convention']
  readonly expiries: string
  readonly contracts: 'open-interest' | 'plus-volume'
}

const orderOf = ({ convention, expiries, contracts }: GammaInput): GammaOrder => ({
  convention,
  expiries: expiries as GammaOrder['expiries'],
  addsVolume: contracts === 'plus-volume',
})
const finite = (value: number) => (Number.isFinite(value) ? value : null)

export const riskRouter = {
  gamma: os.gamma.handler(({ input, context, signal }) =>
    context.services.options.risk.gamma(input.underlying, orderOf(input), signal),
  ),
  gammaOf: os.gammaOf.handler(({ input, context }) => context.services.options.risk.gammaOf(input.id, orderOf(input))),
  flow: os.flow.handler(({ input, context, signal }) => context.services.options.risk.flow(input.underlying, signal)),
  position: os.position.handler(({ input, context, signal }) =>
    context.services.options.risk.position(input.underlying, input.legs, signal),
  ),
  strikes: os.strikes.handler(({ input, context }) => {
    const { strikes, forward } = context.services.options.risk.strikes(input.underlying, input.expiry as IsoDate)
    return { strikes: [...strikes], forward: finite(forward) }
  }),
  strategy: os.strategy.handler(({ input, context }) => ({
    legs: context.services.options.risk.strategy(input.underlying, input.name, input.expiry as IsoDate).map(leg => ({ ...leg })),
  })),
  scenario: os.scenario.handler(async ({ input, context, signal }) => {
    const { value, profit, greeks, seconds } = await context.services.options.risk.scenario(input, signal)
    const column = (name: 'delta' | 'gamma' | 'vega' | 'theta') => (greeks ? [...greeks[name]] : null)
    return {
      ...{ value: [...value], profit: [...profit], seconds },
      ...{ delta: column('delta'), gamma: column('gamma'), vega: column('vega'), theta: column('theta') },
    }
  }),
  batchPreview: os.batchPreview.handler(({ input, context }) => context.services.options.batch.preview(input.upload)),
  batchStart: os.batchStart.handler(({ input, context }) => context.services.options.batch.start(input)),
  batchResult: os.batchResult.handler(({ input, context }) => context.services.options.batch.result(input.job)),
  batchDownload: os.batchDownload.handler(({ input, context, signal }) =>
    context.services.options.batch.download(input.job, signal),
  ),
}
