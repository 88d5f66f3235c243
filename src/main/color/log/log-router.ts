import { implement } from '@orpc/server'
import { colorLogContract } from '../../../contract/color-log.ts'
import type { Context } from '../../context.ts'

const os = implement(colorLogContract).$context<Context>()

export const colorLogRouter = os.router({
  list: os.list.handler(({ input, context }) => ({ entries: context.services.color.changes.list(input, context.user) })),
  recent: os.recent.handler(({ input, context }) => ({
    modules: context.services.color.changes.recent(input.each, context.user),
  })),
  watch: os.watch.handler(({ context, signal }) => context.services.color.changes.watch(signal)),
  look: os.look.handler(({ input, context }) => context.services.color.changes.look(input.entry, context.user)),
  revert: os.revert.handler(({ input, context }) =>
    context.services.color.changes.revert(input, context.user, context.services.schedule),
  ),
})
