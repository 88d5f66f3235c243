import { implement } from '@orpc/server'
import { colorSourcesContract } from '../../../contract/color-sources.ts'
import { Secret } from '../../../platform/secret.ts'
import type { Context } from '../../context.ts'

const os = implement(colorSourcesContract).$context<Context>()

export const sourcesRouter = os.router({
  list: os.list.handler(({ context }) => ({ sources: context.services.color.sources.list() })),
  save: os.save.handler(({ input, context }) => ({ source: context.services.color.sources.save(input, context.user.name) })),
  remove: os.remove.handler(({ input, context }) => {
    context.services.color.sources.remove(input.id, context.user.name)
    return {}
  }),
  setSecret: os.setSecret.handler(async ({ input, context }) => {
    await context.services.color.sources.setSecret(input.id, new Secret(input.value), context.user.name)
    return {}
  }),
  test: os.test.handler(({ input, context, signal }) => context.services.color.sources.test(input, signal)),
  preview: os.preview.handler(({ input, context, signal }) => context.services.color.sources.preview(input, signal)),
  fetch: os.fetch.handler(async ({ input, context, signal }) => {
    const { id, counts } = await context.services.color.sources.fetch(input.id, context.user.name, signal)
    return { upload: id, rows: counts.accepted, quarantined: counts.quarantined, repeats: counts.repeats }
  }),
})
