import { implement } from '@orpc/server'
import { backupContract } from '../../contract/backup.ts'
import type { Context } from '../context.ts'

const os = implement(backupContract).$context<Context>()

export const backupRouter = {
  list: os.list.handler(({ context }) => context.services.backup.list()),
  make: os.make.handler(({ input, context }) =>
    context.services.backup.make({ ...input, why: 'person', user: context.user.name }),
  ),
  result: os.result.handler(async ({ input, context }) => ({ backup: await context.services.backup.result(input.job) })),
  check: os.check.handler(async ({ input, context }) => ({
    backup: await context.services.backup.check(input.id, input.passphrase, context.user.name),
  })),
  stage: os.stage.handler(async ({ input, context }) => {
    await context.services.backup.stage(input, context.user.name)
    return { staged: (await context.services.backup.list()).staged }
  }),
  unstage: os.unstage.handler(({ context }) => {
    context.services.backup.unstage(context.user.name)
    return {}
  }),
}
