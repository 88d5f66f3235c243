import { implement } from '@orpc/server'
import { importsContract } from '../../contract/imports.ts'
import type { Context } from '../context.ts'
import { chosen } from './mapping-input.ts'

const os = implement(importsContract).$context<Context>()

export const importsRouter = {
  open: os.open.handler(({ input, context }) => context.services.imports.open(input.path, chosen(input.mapping))),
  begin: os.begin.handler(({ input, context }) => context.services.imports.begin(input.file, input.bytes)),
  piece: os.piece.handler(({ input, context }) => context.services.imports.piece(input.upload, input.offset, input.base64)),
  preview: os.preview.handler(({ input, context }) => context.services.imports.preview(input.upload, chosen(input.mapping))),
  start: os.start.handler(({ input, context }) => context.services.imports.start(input, context.user.name)),
  report: os.report.handler(({ input, context }) => context.services.imports.report(input.job)),
  problems: os.problems.handler(({ input, context, signal }) => context.services.imports.problems(input.job, signal)),
}
