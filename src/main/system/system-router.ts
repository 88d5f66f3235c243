import { implement } from '@orpc/server'
import { systemContract } from '../../contract/system.ts'
import type { Context } from '../context.ts'

const os = implement(systemContract).$context<Context>()

export const systemRouter = {
  hello: os.hello.handler(({ context }) => context.services.system.hello(context)),
  status: os.status.handler(({ context }) => context.services.system.status.read()),
  watchStatus: os.watchStatus.handler(({ context, signal }) => context.services.system.status.watch(signal)),
  log: os.log.handler(({ input, context, signal }) => context.services.system.log(input.backfill, signal)),
  jobs: os.jobs.handler(({ context, signal }) => context.services.jobs.watch(signal)),
  cancelJob: os.cancelJob.handler(({ input, context }) => {
    context.services.jobs.cancel(input.job)
    return {}
  }),
  journal: os.journal.handler(({ input, context }) => {
    const { before, limit } = input
    return context.services.system.journal(before === undefined ? { limit } : { before, limit })
  }),
  doctor: os.doctor.handler(async ({ context }) => ({ checks: await context.services.system.doctor() })),
  rebuild: os.rebuild.handler(({ context }) => context.services.system.rebuild(context.user.name)),
  recovery: os.recovery.handler(async ({ context }) => ({ recovery: await context.services.system.recovery.report() })),
  recoveryRead: os.recoveryRead.handler(({ context }) => {
    context.services.system.recovery.acknowledge()
    return {}
  }),
  diagnostics: os.diagnostics.handler(({ context, signal }) => context.services.system.diagnostics(signal)),
  drawn: os.drawn.handler(({ input, context }) => {
    context.services.system.status.drawn(input.samples)
    return {}
  }),
}
