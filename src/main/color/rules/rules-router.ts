import { implement } from '@orpc/server'
import { colorRulesContract } from '../../../contract/color-rules.ts'
import type { Context } from '../../context.ts'
import { entitledTo } from '../entitled.ts'

const os = implement(colorRulesContract).$context<Context>()

export const colorRulesRouter = os.router({
  list: os.list.handler(({ context }) => context.services.color.rules.book()),
  watch: os.watch.handler(({ context, signal }) => context.services.color.rules.watch(signal)),
  save: os.save.handler(({ input, context }) => ({ book: context.services.color.rules.save(input, context.user.name) })),
  remove: os.remove.handler(({ input, context }) => ({
    book: context.services.color.rules.remove(input.rules, context.user.name),
  })),
  history: os.history.handler(({ input, context }) => ({ versions: context.services.color.rules.history(input) })),
  at: os.at.handler(({ input, context }) => ({ rules: context.services.color.rules.at(input.version) })),
  rollback: os.rollback.handler(({ input, context }) => ({
    book: context.services.color.rules.rollback(input.version, input.rule, context.user.name),
  })),
  dryRun: os.dryRun.handler(({ input, context, signal }) =>
    context.services.color.rules.dryRun(input.rules, input.days, signal, entitledTo(context.user)),
  ),
  why: os.why.handler(({ input, context }) => context.services.color.rules.why(input.row, input.rules, entitledTo(context.user))),
  values: os.values.handler(async ({ input, context }) => ({
    values: await context.services.color.rules.values(input.column, input.starts),
  })),
  savePreset: os.savePreset.handler(({ input, context }) => ({
    book: context.services.color.rules.savePreset(input.preset, context.user.name),
  })),
  removePreset: os.removePreset.handler(({ input, context }) => ({
    book: context.services.color.rules.removePreset(input.preset, context.user.name),
  })),
})
