import { implement } from '@orpc/server'
import { alertsContract } from '../../contract/options-alerts.ts'
import type { Context } from '../context.ts'

const os = implement(alertsContract).$context<Context>()

export const alertsRouter = os.router({
  list: os.list.handler(({ context, signal }) => context.services.options.alerts.list(signal)),
  get: os.get.handler(({ input, context }) => context.services.options.alerts.get(input.id)),
  mark: os.mark.handler(({ input, context }) => ({
    alert: context.services.options.alerts.mark(input.id, input.mark, context.user.name),
  })),
  snooze: os.snooze.handler(({ input: { id, scope, until }, context }) => ({
    alert: context.services.options.alerts.snooze(id, { scope, until, user: context.user.name }),
  })),
  thresholds: os.thresholds.handler(({ context }) => context.services.options.alerts.thresholds()),
  preview: os.preview.handler(({ input, context }) => context.services.options.alerts.preview(input)),
  setThresholds: os.setThresholds.handler(({ input, context }) =>
    context.services.options.alerts.setThresholds(input, context.user.name),
  ),
  precision: os.precision.handler(({ input, context }) => context.services.options.alerts.precision(input)),
  export: os.export.handler(({ context }) => context.services.options.alerts.export()),
})
