import { type JobRun, type JobView, runReason } from '../../contract/schedule.ts'
import { type Arguments, UsageError } from './arguments.ts'
import type { CommandContext, Outcome } from './command-context.ts'
import { asTable, instant } from './output.ts'

const ENDED_BADLY: readonly JobRun['outcome'][] = ['failed', 'timed-out', 'cancelled', 'interrupted']

/** `jobs list`, `jobs next`, `jobs run --job NAME`. */
export async function runJobs(args: Arguments, context: CommandContext): Promise<Outcome> {
  const [what] = args.given
  const { jobs } = await context.client.schedule.list(undefined, { signal: context.signal })
  switch (what) {
    case 'list':
      return listed(jobs)
    case 'next':
      return await nextRuns(args, jobs, context)
    case 'run':
      return await runOne(args, jobs, context)
    default:
      throw new UsageError(`jobs knows list, next and run; it was '${what}'.`)
  }
}

function listed(jobs: readonly JobView[]): Outcome {
  const rows = jobs.map(job => [
    job.id,
    job.name,
    job.kind,
    job.enabled ? 'on' : 'off',
    instant(job.next),
    job.running ? 'running' : (job.last?.outcome ?? null),
    instant(job.last?.started ?? null),
  ])
  const text = asTable(['id', 'name', 'kind', 'state', 'next', 'last', 'at'], rows)
  return { json: jobs, text: jobs.length === 0 ? 'There are no jobs yet. The Jobs panel makes them.' : text, code: 0 }
}

function expectJob({ flags }: Arguments, jobs: readonly JobView[]): JobView {
  const wanted = flags.get('job')?.[0]
  if (wanted === undefined) throw new UsageError('It needs --job NAME. npx contango jobs list shows them.')
  const found = jobs.filter(job => job.id === wanted || job.name === wanted)
  if (found.length > 1) throw new UsageError(`${found.length} jobs are named ${wanted}; give the id that jobs list shows.`)
  if (!found[0]) throw new UsageError(`No job is named ${wanted}. npx contango jobs list shows them.`)
  return found[0]
}

async function nextRuns(args: Arguments, jobs: readonly JobView[], { client, signal }: CommandContext): Promise<Outcome> {
  const count = Number(args.flags.get('count')?.[0] ?? 10)
  if (!Number.isInteger(count) || count < 1 || count > 100) throw new UsageError('--count is a number from 1 to 100.')
  const chosen = args.flags.has('job') ? [expectJob(args, jobs)] : jobs.filter(job => job.enabled)
  const lists = await Promise.all(
    chosen.map(async job => {
      const { runs } = await client.schedule.preview({ schedule: job.schedule, count }, { signal })
      return runs.map(run => ({ job: job.name, ...run, mark: job.skip?.at === run.at ? 'left-out' : run.mark }))
    }),
  )
  const runs = lists
    .flat()
    .sort((a, b) => a.at - b.at)
    .slice(0, count)
  const rows = runs.map(run => [instant(run.at), run.job, run.mark])
  return { json: runs, text: rows.length === 0 ? 'Nothing is planned.' : asTable(['at', 'job', 'mark'], rows), code: 0 }
}

/** Runs a job and waits for its end. */
async function runOne(args: Arguments, jobs: readonly JobView[], { client, signal }: CommandContext): Promise<Outcome> {
  const job = expectJob(args, jobs)
  const { run: id } = await client.schedule.run({ job: job.id, skipNext: args.flags.has('skip-next') }, { signal })
  for await (const { jobs: now } of await client.schedule.watch(undefined, { signal })) {
    if (now.find(one => one.id === job.id)?.running?.run === id) continue
    const { runs } = await client.schedule.history({ job: job.id, limit: 100 }, { signal })
    const run = runs.find(one => one.id === id)
    if (!run || run.outcome === 'running') continue
    const facts = Object.entries(run.facts).map(([name, value]) => `${name} ${value}`)
    const reason = run.reason === null ? [] : [runReason(run.reason)]
    const text = [`${job.name}: ${run.outcome}`, ...facts, ...reason].join('\n  ')
    return { json: run, text, code: ENDED_BADLY.includes(run.outcome) ? 1 : 0 }
  }
  throw new Error('The workstation was closed before the run ended.')
}
