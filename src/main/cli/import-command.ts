import { resolve } from 'node:path'
import { type ColumnRole, columnRole, type ImportReport, type Mapping } from '../../contract/imports.ts'
import { type Arguments, nearest, UsageError } from './arguments.ts'
import type { CommandContext, Outcome } from './command-context.ts'
import { asTable, instant } from './output.ts'

/** How often the progress is told where somebody watches. */
const SHOWN = 12

function fixedOf({ flags }: Arguments): Partial<Mapping> {
  const one = (name: string) => flags.get(name)?.[0]
  const headerRows = one('header-rows')
  if (headerRows !== undefined && !/^\d{1,2}$/.test(headerRows)) throw new UsageError('--header-rows is a number from 0 to 50.')
  const delimiter = one('delimiter')
  const found = {
    kind: one('kind'),
    timeframe: one('timeframe'),
    timeZone: one('time-zone'),
    dateOrder: one('date-order'),
    delimiter: delimiter === 'tab' || delimiter === '\\t' ? '\t' : delimiter,
    decimal: one('decimal'),
    encoding: one('encoding'),
    headerRows: headerRows === undefined ? undefined : Number(headerRows),
    unit: one('unit'),
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as Partial<Mapping>
}

const isRole = (word: string): word is ColumnRole => (columnRole.options as readonly string[]).includes(word)

/**
 * The mapping with the columns that a person named: `COLUMN=ROLE`, or the other way round where only that makes sense.
 *
 * Fails: UsageError for a column that the file has not, or a role that there is none of.
 */
export function withRoles(mapping: Mapping, words: readonly string[], isKindFixed: boolean): Mapping {
  if (words.length === 0) return mapping
  const columns = mapping.columns.map(column => ({ ...column }))
  const find = (name: string) =>
    columns.find(column => column.name === name) ?? columns.find(column => column.name.toLowerCase() === name.toLowerCase())
  for (const pair of words.flatMap(word => word.split(','))) {
    const at = pair.lastIndexOf('=')
    const [left, right] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
    if (at < 1 || right === '') throw new UsageError(`--map is written COLUMN=ROLE; '${pair}' is not.`)
    const [name, role] = isRole(right) && find(left) ? [left, right] : isRole(left) && find(right) ? [right, left] : [left, right]
    const column = find(name)
    if (!column) throw new UsageError(`The file has no column ${name}; it has ${columns.map(each => each.name).join(', ')}.`)
    if (!isRole(role)) {
      const near = nearest(role, columnRole.options)
      throw new UsageError(
        `${role} is no role of a column.${near ? ` Did you mean ${near}?` : ''} Roles: ${columnRole.options.join(', ')}.`,
      )
    }
    // What was guessed for another column gives way to what a person said.
    if (role !== 'skip') for (const other of columns) if (other.role === role) other.role = 'skip'
    column.role = role
  }
  return { ...mapping, columns, kind: isKindFixed ? mapping.kind : kindOf(columns.map(column => column.role)) }
}

function kindOf(roles: readonly ColumnRole[]): Mapping['kind'] {
  const has = (role: ColumnRole) => roles.includes(role)
  if (has('open') && has('high') && has('low') && has('close')) return 'bars'
  return (has('bid') && has('ask')) || has('price') ? 'ticks' : 'values'
}

export async function runImport(args: Arguments, context: CommandContext): Promise<Outcome> {
  const [file] = args.given
  if (file === undefined) throw new UsageError('import needs a FILE: npx contango import FILE --series NAME.')
  const { client, signal, tell } = context
  const fixed = fixedOf(args)
  const preview = await client.imports.open({ path: resolve(file), mapping: fixed }, { signal })
  for (const note of preview.notes) tell(note)
  if (preview.sameAs) tell(`The series ${preview.sameAs} was read from the very same bytes.`)
  const mapping = withRoles({ ...preview.mapping, ...fixed }, args.flags.get('map') ?? [], fixed.kind !== undefined)
  const series = args.flags.get('series')?.[0] ?? preview.suggestedName
  const dryRun = args.flags.has('dry-run')
  const request = { upload: preview.upload, series, mapping, dryRun, replace: args.flags.has('replace') }
  const { job } = await client.imports.start(request, { signal })
  const cancel = () => void client.system.cancelJob({ job }).catch(() => {})
  signal.addEventListener('abort', cancel, { once: true })
  if (context.isWatched) void showProgress(context, job)
  // Not with the signal: the host says how a cancelled import ended, and only then is it safe to leave.
  const report = await client.imports.report({ job })
  signal.removeEventListener('abort', cancel)
  const isDone = report.accepted > 0
  if (!isDone) tell(`No row of ${preview.file} could be used, so no series was made.`)
  return { json: report, text: described(report), code: isDone ? 0 : 1 }
}

async function showProgress({ client, signal, tell }: CommandContext, job: string): Promise<void> {
  let told = 0
  try {
    for await (const { jobs } of await client.system.jobs(undefined, { signal })) {
      const state = jobs.find(one => one.id === job)
      if (!state || state.ended !== null) return
      const step = Math.floor((state.progress ?? 0) * SHOWN)
      if (step > told) tell(`${Math.round((state.progress ?? 0) * 100)} %`)
      told = Math.max(told, step)
    }
  } catch {
    // The progress is a comfort; how the import ended is said by its report.
  }
}

/** A problem list on a terminal is a glance, the whole of it is in the file or the JSON. */
const LISTED = 20

function described(report: ImportReport): string {
  const { read, accepted, refused, flagged, series, dryRun, problems, problemsFile } = report
  const counts = `${read} rows read, ${accepted} ${dryRun ? 'would be ' : ''}accepted, ${refused} refused, ${flagged} flagged`
  const span = report.from === null ? '' : `, ${instant(report.from)} to ${instant(report.to)}`
  const head = `${dryRun ? 'Dry run of ' : ''}${series}: ${counts}${span}.`
  if (problems.length === 0) return head
  const rows = problems.slice(0, LISTED).map(one => [one.line, one.column, one.rule, one.reason, one.text])
  const more = problems.length > LISTED ? [`… and more: ${problemsFile ?? '--json lists them'}`] : []
  return [head, '', asTable(['line', 'column', 'rule', 'reason', 'text'], rows), ...more].join('\n')
}
