import { implement } from '@orpc/server'
import { updatesContract } from '../../contract/updates.ts'
import type { Context } from '../context.ts'

const os = implement(updatesContract).$context<Context>()

export const updatesRouter = {
  watch: os.watch.handler(({ context, signal }) => context.services.updates.watch(signal)),
  check: os.check.handler(({ context }) => context.services.updates.check()),
  load: os.load.handler(({ context }) => context.services.updates.load()),
  install: os.install.handler(({ input, context }) => {
    context.services.updates.install(input.despiteOrders)
    return {}
  }),
}
