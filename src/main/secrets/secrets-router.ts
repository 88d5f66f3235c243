import { implement } from '@orpc/server'
import { secretsContract } from '../../contract/secrets.ts'
import { Secret } from '../../platform/secret.ts'
import type { Context } from '../context.ts'

const os = implement(secretsContract).$context<Context>()

const stateOf = async ({ services }: Context) => ({ state: await services.secrets.state() })
const optional = (passphrase: string | undefined) => (passphrase === undefined ? null : new Secret(passphrase))

export const secretsRouter = os.router({
  state: os.state.handler(({ context }) => stateOf(context)),
  set: os.set.handler(async ({ input, context }) => {
    await context.services.secrets.set(input.name, new Secret(input.value), context.user.name)
    return await stateOf(context)
  }),
  remove: os.remove.handler(async ({ input, context }) => {
    await context.services.secrets.remove(input.name, context.user.name)
    return await stateOf(context)
  }),
  test: os.test.handler(async ({ input, context }) => {
    await context.services.secrets.test(input.name)
    return { isReadable: true as const }
  }),
  open: os.open.handler(async ({ input, context }) => {
    await context.services.secrets.open(new Secret(input.passphrase), context.user.name)
    return await stateOf(context)
  }),
  again: os.again.handler(async ({ context }) => {
    await context.services.secrets.again()
    return await stateOf(context)
  }),
  move: os.move.handler(async ({ input, context }) => {
    await context.services.secrets.move(input.to, optional(input.passphrase), context.user.name)
    return await stateOf(context)
  }),
  startEmpty: os.startEmpty.handler(async ({ input, context }) => {
    await context.services.secrets.startEmpty(input.to, optional(input.passphrase), context.user.name)
    return await stateOf(context)
  }),
})
