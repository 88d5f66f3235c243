import { implement } from '@orpc/server'
import { colorSetupContract } from '../../../contract/color-setup.ts'
import type { Context } from '../../context.ts'

const os = implement(colorSetupContract).$context<Context>()

export const colorSetupRouter = os.router({
  show: os.show.handler(({ context }) => context.services.color.setup.show()),
  saveRanks: os.saveRanks.handler(({ input, context }) => context.services.color.setup.saveRanks(input, context.user.name)),
  saveLimits: os.saveLimits.handler(({ input, context }) => context.services.color.setup.saveLimits(input, context.user.name)),
  classes: os.classes.handler(({ context }) => context.services.color.setup.classes()),
  saveClass: os.saveClass.handler(({ input, context }) => context.services.color.setup.saveClass(input, context.user.name)),
  removeClass: os.removeClass.handler(({ input, context }) => context.services.color.setup.removeClass(input, context.user.name)),
})
