import { implement } from '@orpc/server'
import type { SourceState } from '../../contract/sources.ts'
import { sourcesContract } from '../../contract/sources.ts'
import type { Context } from '../context.ts'

const os = implement(sourcesContract).$context<Context>()

export const sourcesRouter = os.router({
  list: os.list.handler(({ context }) => ({ sources: context.services.sources.list() })),
  watch: os.watch.handler(({ context, signal }) => watched(context.services.sources.watch(signal))),
  set: os.set.handler(async ({ input, context }) => ({
    source: await context.services.sources.set(input.name, input.enabled, context.user.name),
  })),
  find: os.find.handler(async ({ input, context }) => ({
    found: [...(await context.services.sources.find(input.name, input.text))],
  })),
  add: os.add.handler(async ({ input, context }) => ({
    instrument: await context.services.sources.add(input.name, input.symbol, context.user.name),
  })),
})

async function* watched(states: AsyncGenerator<SourceState[], void, undefined>): AsyncGenerator<{ sources: SourceState[] }> {
  for await (const sources of states) yield { sources }
}
