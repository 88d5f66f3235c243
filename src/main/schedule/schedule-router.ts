import { implement } from '@orpc/server'
import { scheduleContract } from '../../contract/schedule.ts'
import type { Context } from '../context.ts'

const os = implement(scheduleContract).$context<Context>()

export const scheduleRouter = os.router({
  list: os.list.handler(({ context }) => context.services.schedule.list()),
  watch: os.watch.handler(({ context, signal }) => context.services.schedule.watch(signal)),
  save: os.save.handler(({ input, context }) => ({ job: context.services.schedule.save(input, context.user.name) })),
  enable: os.enable.handler(({ input, context }) => ({
    job: context.services.schedule.enable(input.job, input.enabled, context.user.name),
  })),
  remove: os.remove.handler(({ input, context }) => {
    context.services.schedule.remove(input.job, context.user.name)
    return {}
  }),
  restore: os.restore.handler(({ input, context }) => ({
    job: context.services.schedule.restore(input.job, context.user.name),
  })),
  run: os.run.handler(({ input, context }) => context.services.schedule.run(input.job, input, context.user.name)),
  skip: os.skip.handler(({ input, context }) => ({
    job: context.services.schedule.skip(input.job, input.skip, context.user.name),
  })),
  cancel: os.cancel.handler(({ input, context }) => {
    context.services.schedule.cancel(input.job)
    return {}
  }),
  history: os.history.handler(({ input, context }) => ({ runs: context.services.schedule.history(input) })),
  preview: os.preview.handler(({ input, context }) => ({
    runs: context.services.schedule.preview(input.schedule, input.count),
  })),
})
