import { createHash, randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { type Arguments, UsageError } from './arguments.ts'
import { runBackup } from './backup-commands.ts'
import type { CommandContext, Outcome } from './command-context.ts'
import type { CommandName } from './forms.ts'
import { runImport } from './import-command.ts'
import { runJobs } from './jobs-command.ts'
import { asObjects, asTable, instant } from './output.ts'
import { runSecrets } from './secrets-command.ts'

type Command = (args: Arguments, context: CommandContext) => Promise<Outcome>

/** The commands that ask a host. */
export const COMMANDS: Readonly<Record<Exclude<CommandName, 'color' | 'config' | 'options' | 'restore'>, Command>> = {
  import: runImport,
  query: runQuery,
  export: runExport,
  series: runSeries,
  doctor: runDoctor,
  jobs: runJobs,
  secrets: runSecrets,
  backup: runBackup,
  diagnostics: runDiagnostics,
}

async function runQuery(args: Arguments, { client, signal, tell }: CommandContext): Promise<Outcome> {
  const [sql] = args.given
  if (sql === undefined) throw new UsageError('query needs a statement: npx contango query "select 1".')
  const limit = Number(args.flags.get('limit')?.[0] ?? 2000)
  if (!Number.isInteger(limit) || limit < 1 || limit > 20_000) throw new UsageError('--limit is a number from 1 to 20000.')
  const result = await client.lab.run({ query: `cli-${randomUUID()}`, sql, limit }, { signal })
  if (result.truncated) tell(`Only the first ${limit} rows are shown; ask for more with --limit, or aggregate.`)
  const names = result.columns.map(column => column.name)
  return { json: asObjects(names, result.rows), text: asTable(names, result.rows), code: 0 }
}

type Format = 'csv' | 'parquet' | 'json'
const FORMAT_OF_ENDING: Readonly<Record<string, Format>> = {
  '.csv': 'csv',
  '.parquet': 'parquet',
  '.pq': 'parquet',
  '.json': 'json',
}

async function runExport(args: Arguments, { client, signal }: CommandContext): Promise<Outcome> {
  const [name] = args.given
  const out = args.flags.get('out')?.[0]
  if (name === undefined || out === undefined) {
    throw new UsageError('export needs a series and a file: npx contango export SERIES --out FILE.')
  }
  const file = resolve(out)
  const format = (args.flags.get('format')?.[0] as Format | undefined) ?? FORMAT_OF_ENDING[extname(file).toLowerCase()] ?? 'csv'
  const chunks = await client.market.exportSeries({ name, format }, { signal })
  const { rows, bytes, sha256 } = await receive(chunks, file)
  return { json: { series: name, file, format, rows, bytes, sha256 }, text: `${file}: ${rows} rows, ${bytes} bytes.`, code: 0 }
}

/** Writes a file that comes in chunks; it has its name only once it is whole. */
async function receive(chunks: AsyncIterable<Chunk>, file: string): Promise<{ rows: number; bytes: number; sha256: string }> {
  const partial = `${file}.${randomUUID().slice(0, 8)}.part`
  try {
    const received = await writeChunks(chunks, partial)
    await rename(partial, file)
    return received
  } finally {
    await rm(partial, { force: true })
  }
}

interface Chunk {
  readonly base64: string
  readonly rows: number
  readonly done: boolean
  readonly sha256: string | null
}

/** Fails: Error when the chunks end early or their hash is not the one that the host has. */
async function writeChunks(
  chunks: AsyncIterable<Chunk>,
  partial: string,
): Promise<{ rows: number; bytes: number; sha256: string }> {
  const target = await open(partial, 'w')
  const hash = createHash('sha256')
  let bytes = 0
  try {
    for await (const chunk of chunks) {
      const piece = Buffer.from(chunk.base64, 'base64')
      hash.update(piece)
      await target.writeFile(piece)
      bytes += piece.length
      if (!chunk.done) continue
      await target.sync()
      const sha256 = hash.digest('hex')
      if (chunk.sha256 !== sha256) break
      return { rows: chunk.rows, bytes, sha256 }
    }
    throw new Error('The file did not arrive whole. Nothing was written; try again.')
  } finally {
    await target.close()
  }
}

async function runDiagnostics(args: Arguments, { client, signal }: CommandContext): Promise<Outcome> {
  const file = resolve(args.flags.get('out')?.[0] ?? 'contango-diagnostics.tar')
  const { rows, bytes } = await receive(await client.system.diagnostics(undefined, { signal }), file)
  return {
    json: { file, files: rows, bytes },
    text: `${file}: ${rows} files, ${bytes} bytes. Look through it before you send it.`,
    code: 0,
  }
}

async function runSeries(_: Arguments, { client, signal }: CommandContext): Promise<Outcome> {
  const { series } = await client.market.series(undefined, { signal })
  const rows = series.map(one => [
    one.name,
    one.kind,
    one.timeframe,
    one.rows,
    instant(one.from),
    instant(one.to),
    one.source,
    one.state,
    one.unit,
  ])
  const text = asTable(['name', 'kind', 'timeframe', 'rows', 'from', 'to', 'source', 'state', 'unit'], rows)
  return {
    json: series,
    text: series.length === 0 ? 'There are no series yet. npx contango import FILE makes one.' : text,
    code: 0,
  }
}

async function runDoctor(_: Arguments, { client, signal }: CommandContext): Promise<Outcome> {
  const { checks } = await client.system.doctor(undefined, { signal })
  return diagnosis(checks)
}

interface Check {
  readonly name: string
  readonly state: 'good' | 'attention' | 'bad'
  readonly finding: string
  readonly remedy: string | null
}

/** Checks as an outcome; anything bad is no success. */
export function diagnosis(checks: readonly Check[]): Outcome {
  const lines = checks.map(
    ({ name, state, finding, remedy }) => `${state.padEnd(10)} ${name}: ${finding}${remedy ? `\n           ${remedy}` : ''}`,
  )
  return { json: { checks }, text: lines.join('\n'), code: checks.some(check => check.state === 'bad') ? 1 : 0 }
}
