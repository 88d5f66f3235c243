import { implement } from '@orpc/server'
import { colorSearchContract } from '../../../contract/color-search.ts'
import type { Context } from '../../context.ts'

const os = implement(colorSearchContract).$context<Context>()

export const colorSearchRouter = os.router({
  find: os.find.handler(({ input, context, signal }) => context.services.color.search.find(input, context.user, signal)),
  suggest: os.suggest.handler(async ({ input, context }) => ({
    suggestions: [...(await context.services.color.search.suggest(input.text))],
  })),
  facets: os.facets.handler(({ context }) => context.services.color.search.facets(context.user)),
  export: os.export.handler(({ input, context, signal }) =>
    context.services.color.search.export(input.query, input.format, context.user, signal),
  ),
  saved: os.saved.handler(({ context }) => context.services.color.search.saved(context.user)),
  save: os.save.handler(({ input, context }) => ({
    search: context.services.color.search.save(input.search, context.user),
  })),
  remove: os.remove.handler(({ input, context }) => {
    context.services.color.search.remove(input.search, context.user)
    return {}
  }),
})
