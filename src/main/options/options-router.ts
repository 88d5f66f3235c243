import { implement } from '@orpc/server'
import { optionsContract } from '../../contract/options.ts'
import type { Context } from '../context.ts'

const os = implement(optionsContract).$context<Context>()

export const optionsRouter = os.router({
  underlyings: os.underlyings.handler(({ context, signal }) => context.services.options.chains.watchUnderlyings(signal)),
  chain: os.chain.handler(({ input, context, signal }) =>
    context.services.options.chains.frames(input.underlying, input.expiries, signal),
  ),
  acknowledge: os.acknowledge.handler(({ input, context }) => {
    context.services.options.chains.acknowledge(input.stream, input.seq)
    return {}
  }),
  add: os.add.handler(async ({ input, context }) => ({
    underlying: await context.services.options.chains.add(input.source, input.symbol, context.user.name),
  })),
  watchInBackground: os.watchInBackground.handler(({ input, context }) => ({
    underlying: context.services.options.chains.watchInBackground(input.underlying, input.on, context.user.name),
  })),
  snapshots: os.snapshots.handler(async ({ input, context }) => ({
    snapshots: [...(await context.services.options.chains.snapshots(input.underlying, input.before ?? null, input.limit))],
  })),
  snapshot: os.snapshot.handler(({ input, context }) => context.services.options.chains.pictureOf(input.id, input.expiries)),
  keep: os.keep.handler(async ({ input, context }) => ({
    snapshot: await context.services.options.chains.keepNow(input.underlying),
  })),
  history: os.history.handler(({ input, context }) =>
    context.services.options.chains.history(input.underlying, input.expiry, input.limit),
  ),
})
