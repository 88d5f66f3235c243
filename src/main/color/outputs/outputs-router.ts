import { implement } from '@orpc/server'
import { colorOutputsContract } from '../../../contract/color-outputs.ts'
import { Secret } from '../../../platform/secret.ts'
import type { Context } from '../../context.ts'

const os = implement(colorOutputsContract).$context<Context>()
const secretly = (value: string | null) => (value === null || value === '' ? null : new Secret(value))

export const outputsRouter = os.router({
  watch: os.watch.handler(({ context, signal }) => context.services.color.outputs.watch(signal)),
  list: os.list.handler(({ context }) => context.services.color.outputs.view()),
  save: os.save.handler(({ input, context }) => ({ target: context.services.color.outputs.save(input, context.user.name) })),
  remove: os.remove.handler(({ input, context }) => {
    context.services.color.outputs.remove(input.id, context.user.name)
    return {}
  }),
  saveMail: os.saveMail.handler(({ input, context }) => context.services.color.outputs.saveMail(input, context.user.name)),
  setSecret: os.setSecret.handler(async ({ input, context }) => {
    await context.services.color.outputs.setSecret(input.id, new Secret(input.value), context.user.name)
    return {}
  }),
  test: os.test.handler(({ input, context }) =>
    context.services.color.outputs.test({ ...input, secret: secretly(input.secret) }),
  ),
  testMail: os.testMail.handler(({ input, context }) =>
    context.services.color.outputs.testMail({ ...input, secret: secretly(input.secret) }),
  ),
  mailFacts: os.mailFacts.handler(({ input, context }) => context.services.color.outputs.facts(input.run ?? null, input.zone)),
  send: os.send.handler(({ input, context }) => context.services.color.outputs.send(input, context.user)),
  retry: os.retry.handler(({ input, context }) => {
    context.services.color.outputs.retry(input.delivery, context.user.name)
    return {}
  }),
  cancel: os.cancel.handler(({ input, context }) => {
    context.services.color.outputs.cancel(input.delivery, context.user.name)
    return {}
  }),
})
