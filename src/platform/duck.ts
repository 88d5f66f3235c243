import { createHash } from 'node:crypto'
import { closeSync, createReadStream, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBResult } from '@duckdb/node-api'
import type {
  BatchMark,
  CopyRequest,
  FileFormat,
  LoadRequest,
  QueryRequest,
  SegmentFile,
  Statement,
  Task,
  Tasks,
  Value,
} from './data-protocol.ts'
import { appendColumns, readTable } from './duck-columns.ts'
import { DuckFault, prepareReading } from './duck-guard.ts'

/** The connections of an open store: who writes, who reads, and the database in memory that touches files. */
export interface DuckConnections {
  readonly write: DuckDBConnection
  readonly files: DuckDBConnection
  readonly read: readonly DuckDBConnection[]
  readonly untrusted: readonly DuckDBConnection[]
  close(): void
}

type Runner = {
  readonly [T in Exclude<Task, 'open'>]: (input: Tasks[T]['input'], signal: AbortSignal) => Promise<Tasks[T]['output']>
}

/** An open store: what it does for each task. */
export interface Duck {
  readonly tasks: Runner
}

type Lane = <T>(signal: AbortSignal, use: (connection: DuckDBConnection) => Promise<T>) => Promise<T>

/** Hands out connections in order of asking; who is cancelled while waiting never gets one. */
function createLane(connections: readonly DuckDBConnection[]): Lane {
  const free = [...connections]
  const waiting: ((connection: DuckDBConnection) => void)[] = []
  const release = (connection: DuckDBConnection) => {
    const next = waiting.shift()
    if (next) next(connection)
    else free.push(connection)
  }
  const take = (): Promise<DuckDBConnection> => {
    const connection = free.pop()
    return connection ? Promise.resolve(connection) : new Promise(resolve => waiting.push(resolve))
  }
  return async (signal, use) => {
    const connection = await take()
    try {
      if (signal.aborted) throw new DuckFault({ kind: 'cancelled' })
      return await use(connection)
    } finally {
      release(connection)
    }
  }
}

/** Runs with an interrupt on cancel or after some time. An interrupt before the statement has started is lost, so it is repeated. */
async function interruptible<T>(
  connection: DuckDBConnection,
  { signal, seconds }: { readonly signal: AbortSignal; readonly seconds: number | null },
  run: () => Promise<T>,
): Promise<T> {
  let late = false
  let again: NodeJS.Timeout | null = null
  const interrupt = () => {
    connection.interrupt()
    again ??= setInterval(() => connection.interrupt(), 15)
  }
  const outOfTime = () => {
    late = true
    interrupt()
  }
  const limit = seconds === null ? null : setTimeout(outOfTime, seconds * 1000)
  signal.addEventListener('abort', interrupt, { once: true })
  try {
    return await run()
  } catch (fault) {
    if (late)
      throw new DuckFault({ kind: 'refused', reason: `it ran longer than ${seconds} seconds and was stopped`, line: null })
    if (signal.aborted) throw new DuckFault({ kind: 'cancelled' })
    throw fault
  } finally {
    signal.removeEventListener('abort', interrupt)
    if (limit) clearTimeout(limit)
    if (again) clearInterval(again)
  }
}

function bind(prepared: DuckDBPreparedStatement, params: readonly Value[]): void {
  for (const [k, value] of params.entries()) {
    if (value === null) prepared.bindNull(k + 1)
    else if (typeof value === 'string') prepared.bindVarchar(k + 1, value)
    else if (typeof value === 'boolean') prepared.bindBoolean(k + 1, value)
    else if (typeof value === 'bigint' || Number.isSafeInteger(value)) prepared.bindBigInt(k + 1, BigInt(value))
    else prepared.bindDouble(k + 1, value)
  }
}

async function runStatements(connection: DuckDBConnection, statements: readonly Statement[]): Promise<void> {
  for (const { sql, params } of statements) {
    if (!params?.length) {
      await connection.run(sql)
      continue
    }
    const prepared = await connection.prepare(sql)
    try {
      bind(prepared, params)
      await prepared.run()
    } finally {
      prepared.destroySync()
    }
  }
}

async function inTransaction<T>(
  connection: DuckDBConnection,
  kind: 'begin' | 'begin transaction read only',
  run: () => Promise<T>,
): Promise<T> {
  await connection.run(kind)
  try {
    const result = await run()
    await connection.run(kind === 'begin' ? 'commit' : 'rollback')
    return result
  } catch (fault) {
    await connection.run('rollback').catch(() => undefined)
    throw fault
  }
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`

const FORMATS: Readonly<Record<FileFormat, string>> = {
  csv: 'format csv, header true',
  parquet: 'format parquet, compression zstd',
  json: 'format json, array true',
}

/** Forces the file and its entry in the folder to disk. */
function settle(file: string): void {
  for (const path of [file, dirname(file)]) {
    const fd = openSync(path, 'r')
    try {
      fsyncSync(fd)
    } catch (fault) {
      // Windows cannot sync a folder, nor a file opened for reading; NTFS journals its names by itself.
      if (process.platform !== 'win32') throw fault
    } finally {
      closeSync(fd)
    }
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(piece as Buffer)
  return hash.digest('hex')
}

/** Opens a statement as a stream of chunks; a person's is checked first. The connection is busy until the stream has ended. */
async function streamOf(connection: DuckDBConnection, request: QueryRequest | CopyRequest): Promise<DuckDBResult> {
  const prepared = request.untrusted ? await prepareReading(connection, request.sql) : await connection.prepare(request.sql)
  try {
    if ('params' in request) bind(prepared, request.params)
    // A result that is wanted whole is quicker in one piece; a limited one must not be computed to its end.
    return 'limit' in request && request.limit === null ? await prepared.run() : await prepared.stream()
  } finally {
    prepared.destroySync()
  }
}

/** Moves a stream of chunks into a table of another database in this process, without looking into them. */
async function pour(result: DuckDBResult, connection: DuckDBConnection, table: string): Promise<number> {
  const appender = await connection.createAppender(table)
  try {
    let rows = 0
    for (;;) {
      const chunk = await result.fetchChunk()
      if (!chunk || chunk.rowCount === 0) break
      appender.appendDataChunk(chunk)
      rows += chunk.rowCount
    }
    appender.flushSync()
    return rows
  } finally {
    appender.closeSync()
  }
}

async function namesOf(connection: DuckDBConnection, table: string): Promise<string[]> {
  const found = await connection.runAndReadAll(
    "select column_name from duckdb_columns() where table_name = ? and schema_name = 'main' and not internal order by column_index",
    [table],
  )
  return found.getRows().map(([name]) => String(name))
}

async function append(
  connection: DuckDBConnection,
  table: string,
  names: readonly string[],
  columns: Tasks['append']['input']['columns'],
) {
  if (names.length === 0) throw new DuckFault({ kind: 'refused', reason: `there is no table ${table}`, line: null })
  const appender = await connection.createAppender(table)
  try {
    appendColumns(appender, names, columns)
    appender.flushSync()
  } finally {
    appender.closeSync()
  }
}

/** Marks a batch as written, in the transaction that writes it; false where it was marked before. */
async function isNew(connection: DuckDBConnection, { stream, batch }: BatchMark): Promise<boolean> {
  const found = await connection.runAndReadAll('select max(batch) from append_marks where stream = $1', [stream])
  const last = found.getRows()[0]?.[0] ?? null
  if (last !== null && Number(last) >= batch) return false
  const sql =
    last === null
      ? 'insert into append_marks (batch, stream) values ($1, $2)'
      : 'update append_marks set batch = $1 where stream = $2'
  await runStatements(connection, [{ sql, params: [batch, stream] }])
  return true
}

/** Joins the tasks of the protocol to the connections: each kind of work in a lane of its own. */
export function createDuck(connections: DuckConnections): Duck {
  const write = createLane([connections.write])
  const files = createLane([connections.files])
  const read = createLane(connections.read)
  const untrusted = createLane(connections.untrusted)
  const tableNames = new Map<string, string[]>()
  const columnsOf = async (connection: DuckDBConnection, table: string) => {
    const names = tableNames.get(table) ?? (await namesOf(connection, table))
    tableNames.set(table, names)
    return names
  }
  const reading = <T>(request: QueryRequest | CopyRequest, signal: AbortSignal, use: (result: DuckDBResult) => Promise<T>) => {
    const lane = request.untrusted ? untrusted : read
    return lane(signal, connection =>
      interruptible(connection, { signal, seconds: request.seconds }, async () => {
        const run = async () => use(await streamOf(connection, request))
        return request.untrusted ? inTransaction(connection, 'begin transaction read only', run) : run()
      }),
    )
  }
  const copyOut = (request: CopyRequest, signal: AbortSignal) =>
    files(signal, porter =>
      reading(request, signal, async result => {
        const types = result.columnTypes()
        const columns = result.deduplicatedColumnNames().map((name, k) => `${quoted(name)} ${types[k]}`)
        await porter.run(`create or replace table outgoing (${columns.join(', ')})`)
        const partial = `${request.file}.part`
        try {
          const rows = await pour(result, porter, 'outgoing')
          await interruptible(porter, { signal, seconds: request.seconds }, () =>
            porter.run(`copy outgoing to ${literal(partial)} (${FORMATS[request.format]})`),
          )
          settle(partial)
          renameSync(partial, request.file)
          return { rows }
        } finally {
          rmSync(partial, { force: true })
          await porter.run('drop table if exists outgoing')
        }
      }),
    )
  const tasks: Runner = {
    append: ({ table, columns, once }, signal) =>
      write(signal, async connection => {
        const names = await columnsOf(connection, table)
        await inTransaction(connection, 'begin', async () => {
          if (!once || (await isNew(connection, once))) await append(connection, table, names, columns)
        })
        return null
      }),
    query: (request, signal) => reading(request, signal, result => readTable(result, request.limit)),
    transact: (statements, signal) =>
      write(signal, async connection => {
        tableNames.clear()
        await interruptible(connection, { signal, seconds: null }, () =>
          inTransaction(connection, 'begin', () => runStatements(connection, statements)),
        )
        return null
      }),
    copyOut,
    ...segmentTasks(files),
    ...fileTasks(files),
    load: (request, signal) => write(signal, target => files(signal, source => load(target, source, request, signal))),
    close: async () => {
      // Through the lanes, so that what is under way is finished first.
      await write(
        new AbortController().signal,
        async connection => void (await connection.run('checkpoint').catch(() => undefined)),
      )
      connections.close()
      return null
    },
  }
  return { tasks }
}

/** Files in other forms than ours, read where no store is attached. */
function fileTasks(files: Lane): Pick<Runner, 'fileQuery' | 'fileCopy'> {
  return {
    fileQuery: ({ sql, params, limit }, signal) =>
      files(signal, porter =>
        interruptible(porter, { signal, seconds: null }, async () => {
          const prepared = await porter.prepare(sql)
          try {
            bind(prepared, params)
            return await readTable(await prepared.stream(), limit)
          } finally {
            prepared.destroySync()
          }
        }),
      ),
    fileCopy: ({ sql, file, format }, signal) =>
      files(signal, async porter => {
        await interruptible(porter, { signal, seconds: null }, () =>
          porter.run(`copy (${sql}) to ${literal(file)} (${FORMATS[format]})`),
        )
        return null
      }),
  }
}

function segmentTasks(files: Lane): Pick<Runner, 'segmentOpen' | 'segmentAppend' | 'segmentClose' | 'segmentDrop'> {
  const tableOf = (segment: string) => `segment_${segment}`
  return {
    segmentOpen: ({ segment, columns }, signal) =>
      files(signal, async porter => {
        const list = Object.entries(columns).map(([name, type]) => `${quoted(name)} ${type}`)
        await porter.run(`create or replace table ${quoted(tableOf(segment))} (${list.join(', ')})`)
        return null
      }),
    segmentAppend: ({ segment, columns }, signal) =>
      files(signal, async porter => {
        await append(porter, tableOf(segment), await namesOf(porter, tableOf(segment)), columns)
        return null
      }),
    segmentClose: ({ segment, file, order }, signal) =>
      files(signal, async porter => {
        const table = quoted(tableOf(segment))
        const counted = await porter.runAndReadAll(`select count(*) from ${table}`)
        const rows = Number(counted.getRows()[0]?.[0])
        await writeSegment(porter, { sql: `from ${table} order by ${order}, rowid`, file })
        await porter.run(`drop table ${table}`)
        return { rows, sha256: await sha256Of(file), bytes: statSync(file).size } satisfies SegmentFile
      }),
    segmentDrop: ({ segment }, signal) =>
      files(signal, async porter => {
        await porter.run(`drop table if exists ${quoted(tableOf(segment))}`)
        return null
      }),
  }
}

/** A file is there complete, or not at all: it is written under another name, forced to disk, and then renamed. */
async function writeSegment(
  porter: DuckDBConnection,
  { sql, file }: { readonly sql: string; readonly file: string },
): Promise<void> {
  const partial = `${file}.part`
  try {
    await porter.run(`copy (${sql}) to ${literal(partial)} (format parquet, compression zstd, row_group_size 122880)`)
    settle(partial)
    renameSync(partial, file)
    settle(file)
  } finally {
    rmSync(partial, { force: true })
  }
}

/** Rows out of files into a table, with statements around them, all in one transaction. */
function load(
  target: DuckDBConnection,
  source: DuckDBConnection,
  request: LoadRequest,
  signal: AbortSignal,
): Promise<{ rows: number }> {
  return interruptible(source, { signal, seconds: null }, () =>
    inTransaction(target, 'begin', async () => {
      await runStatements(target, request.before)
      const rows = await pour(await source.stream(request.sql), target, request.table)
      await runStatements(target, request.after)
      return { rows }
    }),
  )
}
