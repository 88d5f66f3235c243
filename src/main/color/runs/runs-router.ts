import { implement } from '@orpc/server'
import { colorRunsContract } from '../../../contract/color-runs.ts'
import type { Context } from '../../context.ts'
import type { ColorRun } from './color-runs.ts'

const os = implement(colorRunsContract).$context<Context>()

const wire = (run: ColorRun) => ({ ...run, rules: [...run.rules], uploads: [...run.uploads], targets: [...run.targets] })

export const runsRouter = os.router({
  list: os.list.handler(({ input, context }) => {
    const { runs, demo } = context.services.color
    // Not waited for: the page shows how far it is.
    void demo.ensure()
    return { ...runs.history(input), demo: demo.state(), zone: runs.zone() }
  }),
  get: os.get.handler(({ input, context }) => context.services.color.runs.entry(input.run)),
  watch: os.watch.handler(({ context, signal }) => context.services.color.runsDesk.watch(signal)),
  start: os.start.handler(({ input, context }) =>
    context.services.color.runsDesk.start(input, context.user, context.services.schedule),
  ),
  rows: os.rows.handler(({ input, context }) => context.services.color.runs.window(input, context.user)),
  diff: os.diff.handler(({ input, context }) => context.services.color.runs.diff(input.run, input.other ?? null, context.user)),
  deleteOutput: os.deleteOutput.handler(({ input, context }) => ({
    run: wire(context.services.color.runs.deleteOutput(input.run, context.user.name)),
  })),
  restoreOutput: os.restoreOutput.handler(({ input, context }) => ({
    run: wire(context.services.color.runs.restoreOutput(input.run, context.user.name)),
  })),
  export: os.export.handler(({ input, context, signal }) =>
    context.services.color.runsDesk.export(input.run, input.format, context.user, signal),
  ),
  demoFile: os.demoFile.handler(({ context }) => context.services.color.sendDemoFile()),
})
