import { implement } from '@orpc/server'
import { colorSessionsContract } from '../../../contract/color-sessions.ts'
import type { Context } from '../../context.ts'

const os = implement(colorSessionsContract).$context<Context>()

export const sessionsRouter = os.router({
  list: os.list.handler(({ input, context }) => ({ sessions: context.services.color.sessions.list(input.ended) })),
  watch: os.watch.handler(({ context, signal }) => context.services.color.sessions.watch(signal)),
  open: os.open.handler(async ({ input, context }) => ({
    session: await context.services.color.sessions.open(input, context.user),
  })),
  run: os.run.handler(({ input, context }) => context.services.color.sessions.run(input, context.user)),
  rows: os.rows.handler(({ input, context }) => context.services.color.sessions.rows(input, context.user)),
  ids: os.ids.handler(async ({ input, context }) => ({
    rowIds: await context.services.color.sessions.ids(input, context.user),
  })),
  export: os.export.handler(({ input, context, signal }) =>
    context.services.color.sessions.export(input.session, input.format, context.user, signal),
  ),
  publish: os.publish.handler(({ input, context }) => context.services.color.sessions.publish(input, context.user)),
  discard: os.discard.handler(async ({ input, context }) => {
    await context.services.color.sessions.discard(input.session, context.user)
    return {}
  }),
  restore: os.restore.handler(async ({ input, context }) => ({
    session: await context.services.color.sessions.restore(input.session, context.user),
  })),
  history: os.history.handler(({ input, context }) => ({
    entries: context.services.color.sessions.history(input.session, input.limit),
  })),
})
