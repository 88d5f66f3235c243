import { implement } from '@orpc/server'
import { marketContract } from '../../contract/market.ts'
import type { Context } from '../context.ts'

const os = implement(marketContract).$context<Context>()

export const marketRouter = os.router({
  search: os.search.handler(({ input, context }) => context.services.market.search(input.text, input.limit)),
  quotes: os.quotes.handler(({ input, context, signal }) => context.services.market.quotes(input.instruments, signal)),
  trades: os.trades.handler(({ input, context, signal }) =>
    context.services.market.trades(input.instrument, input.backfill, signal),
  ),
  bars: os.bars.handler(({ input, context, signal }) => context.services.market.bars({ ...input, signal })),
  liveBars: os.liveBars.handler(({ input, context, signal }) =>
    context.services.market.liveBars(input.instrument, input.timeframe, signal),
  ),
  acknowledge: os.acknowledge.handler(({ input, context }) => {
    context.services.market.acknowledge(input.stream, input.seq)
    return {}
  }),
  series: os.series.handler(async ({ context }) => ({ series: await context.services.market.listSeries() })),
  removeSeries: os.removeSeries.handler(async ({ input, context }) => ({
    removed: await context.services.series.remove(input.name, context.user.name),
  })),
  restoreSeries: os.restoreSeries.handler(async ({ input, context }) => ({
    restored: await context.services.series.restore(input.name, context.user.name),
  })),
  exportSeries: os.exportSeries.handler(({ input, context, signal }) =>
    context.services.market.exportSeries(input.name, input.format, signal),
  ),
})
