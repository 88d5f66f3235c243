import { implement } from '@orpc/server'
import { labContract } from '../../contract/lab.ts'
import type { Context } from '../context.ts'

const os = implement(labContract).$context<Context>()

export const labRouter = {
  run: os.run.handler(({ input, context, signal }) => context.services.lab.run(input, signal)),
  cancel: os.cancel.handler(({ input, context }) => context.services.lab.cancel(input.query)),
  history: os.history.handler(({ context }) => ({ entries: context.services.lab.history() })),
  tables: os.tables.handler(async ({ context }) => ({ tables: await context.services.lab.tables() })),
  export: os.export.handler(({ input, context, signal }) => context.services.lab.export(input, signal)),
}
