import { implement } from '@orpc/server'
import { colorIntakeContract } from '../../../contract/color-intake.ts'
import { ROW_FIELDS, ruleRowUnder } from '../../../core/color/color-fields.ts'
import type { ColorRow } from '../../../core/color/color-row.ts'
import type { SectorLimit } from '../../../core/color/sector-limits.ts'
import type { Context } from '../../context.ts'
import { limitsInForce } from '../config/limits-in-force.ts'
import { wireProblem } from './intake-reading.ts'
import type { Rechecked } from './quarantine.ts'

const os = implement(colorIntakeContract).$context<Context>()

const checkedWire = ({ upload, row, found }: Rechecked) => ({ upload, row, problems: found.problems.map(wireProblem) })

function cellsOf(row: ColorRow, limits: readonly SectorLimit[]): Record<string, string | null> {
  const cells = ruleRowUnder(row, limits)
  return Object.fromEntries(ROW_FIELDS.map(({ name }) => [name, cells[name] ?? null]))
}

export const intakeRouter = {
  state: os.state.handler(({ context }) => context.services.color.intakeDesk.state()),
  watch: os.watch.handler(({ context, signal }) => {
    const { intake, intakeDesk } = context.services.color
    return intake.watch(() => intakeDesk.state(), signal)
  }),
  paste: os.paste.handler(({ input, context }) => context.services.color.intake.paste(input.text, input.name)),
  preview: os.preview.handler(({ input, context, signal }) => context.services.color.intake.preview(input, signal)),
  problems: os.problems.handler(({ input, context, signal }) => context.services.color.intake.problems(input, signal)),
  submit: os.submit.handler(({ input, context }) => context.services.color.intake.submit(input, context.user.name)),
  report: os.report.handler(({ input, context }) => context.services.color.intake.report(input.job)),
  rows: os.rows.handler(async ({ input, context }) => {
    const { total, rows } = await context.services.color.intake.rows(input.upload, input.offset, input.limit)
    const limits = limitsInForce(context.services.color.config)
    return { total, rows: rows.map(({ row, fileRow }) => ({ rowId: row.rowId, row: fileRow, cells: cellsOf(row, limits) })) }
  }),
  remove: os.remove.handler(({ input, context }) => {
    context.services.color.intake.remove(input.uploads, input.reason, context.user.name)
    return context.services.color.intakeDesk.state()
  }),
  restore: os.restore.handler(({ input, context }) => {
    context.services.color.intake.restore(input.uploads, context.user.name)
    return context.services.color.intakeDesk.state()
  }),
  quarantine: os.quarantine.handler(({ input, context }) => context.services.color.intake.quarantine.list(input)),
  recheck: os.recheck.handler(async ({ input, context }) => {
    const checked = await context.services.color.intake.quarantine.recheck(input.rows)
    return { rows: checked.map(checkedWire) }
  }),
  release: os.release.handler(async ({ input, context }) => {
    const { upload, released, refused } = await context.services.color.intake.release(input.rows, context.user.name)
    return { upload, released, refused: refused.map(checkedWire) }
  }),
  discard: os.discard.handler(async ({ input, context }) => {
    await context.services.color.intake.discard(input.rows, input.reason, context.user.name)
    return { discarded: input.rows.length }
  }),
  bringBack: os.bringBack.handler(async ({ input, context }) => {
    await context.services.color.intake.bringBack(input.rows, context.user.name)
    return { back: input.rows.length }
  }),
  saveFolder: os.saveFolder.handler(({ input, context }) => {
    context.services.color.intakeDesk.saveFolder(input, context.user.name)
    return context.services.color.intakeDesk.state()
  }),
  saveCheck: os.saveCheck.handler(({ input, context }) => {
    context.services.color.intakeDesk.saveCheck(input, context.user.name)
    return context.services.color.intakeDesk.state()
  }),
  template: os.template.handler(({ input, context, signal }) => context.services.color.intake.template(input.format, signal)),
  forget: os.forget.handler(({ input, context }) => {
    context.services.color.intakeDesk.forget(input.module, input.id, input.previous, context.user.name)
    return context.services.color.intakeDesk.state()
  }),
}
