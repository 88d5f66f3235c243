import { implement } from '@orpc/server'
import { filesContract } from '../../contract/options-files.ts'
import type { ChainMapping } from '../../core/options/read-chain/mapping.ts'
import type { Context } from '../context.ts'

const os = implement(filesContract).$context<Context>()

export const filesRouter = os.router({
  preview: os.preview.handler(async ({ input, context }) => {
    const given = Object.entries(input.mapping ?? {}).filter(([, value]) => value !== undefined)
    const mapping = Object.fromEntries(given) as Partial<ChainMapping>
    return { chain: await context.services.options.files.preview(input.upload, mapping, input.isMeant) }
  }),
  start: os.start.handler(({ input, context }) => context.services.options.files.start(input, context.user.name)),
  report: os.report.handler(({ input, context }) => context.services.options.files.report(input.job)),
  remove: os.remove.handler(({ input, context }) => {
    context.services.options.files.remove(input.underlying, context.user.name)
    return {}
  }),
  restore: os.restore.handler(({ input, context }) => ({
    underlying: context.services.options.files.restore(input.underlying, context.user.name),
  })),
})
