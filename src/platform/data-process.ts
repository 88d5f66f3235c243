import { rmSync } from 'node:fs'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { FromData, OpenRequest, Task, Tasks, ToData } from './data-protocol.ts'
import { createDuck, type Duck } from './duck.ts'
import { faultOf } from './duck-faults.ts'
import { applyMigrations } from './duck-migrate.ts'

/** Entry of the data process: the only thread that opens the market store. It ends when its host does. */

/** Electron's utility processes speak through parentPort, forked ones through process.send; both carry structured clones. */
interface ParentPort {
  on(event: 'message', hear: (event: { data: ToData }) => void): void
  postMessage(message: FromData): void
}
const parentPort = (process as { parentPort?: ParentPort }).parentPort ?? null

const send = (message: FromData): void => {
  if (parentPort) parentPort.postMessage(message)
  else process.send?.(message)
}

let duck: Duck | null = null
const running = new Map<number, AbortController>()

const config = (request: OpenRequest, temp: string): Record<string, string> => ({
  memory_limit: request.memory,
  threads: String(request.threads),
  temp_directory: temp,
  max_temp_directory_size: '20GB',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
})

/**
 * The pruner of row groups is off. New in DuckDB 1.5, it drops rows from ORDER BY … LIMIT: on 10⁸ bars, while rows were being
 * written, 4 of 844 queries for a symbol-day came back empty, and none of 5,952 without it (see duckdb#22656 and #22776 too).
 */
const SETTINGS = ["set global TimeZone = 'UTC'", "set global disabled_optimizers = 'row_group_pruner'"]

/**
 * Two databases in one process: the store itself, to which every file but its own is closed, and an empty one in memory that
 * reads and writes Parquet and export files. So a person's SQL runs where there is nothing to reach, and nothing has to be
 * switched on and off around our own copies.
 */
async function open(request: OpenRequest): Promise<Tasks['open']['output']> {
  const temp = `${request.file}.spill`
  rmSync(temp, { recursive: true, force: true })
  const store = await DuckDBInstance.create(request.file, config(request, temp))
  const porter = await DuckDBInstance.create(':memory:', config(request, `${temp}-files`))
  const write = await store.connect()
  const files = await porter.connect()
  for (const setting of SETTINGS) for (const connection of [write, files]) await connection.run(setting)
  await applyMigrations(write, request.migrations)
  await write.run('set enable_external_access = false')
  await write.run('set lock_configuration = true')
  const connect = (): Promise<DuckDBConnection> => store.connect()
  duck = createDuck({
    write,
    files,
    // With the writer and the files these four are libuv's four threads: a fifth would wait behind a person's long query.
    read: [await connect(), await connect()],
    untrusted: [await connect()],
    close() {
      store.closeSync()
      porter.closeSync()
    },
  })
  const version = await write.runAndReadAll('select version()')
  return { version: String(version.getRows()[0]?.[0]) }
}

async function perform(task: Task, input: unknown, signal: AbortSignal): Promise<Tasks[Task]['output']> {
  if (task === 'open') return open(input as OpenRequest)
  if (!duck) throw new Error('the store is not open yet')
  const run = duck.tasks[task] as (input: unknown, signal: AbortSignal) => Promise<Tasks[Task]['output']>
  return run(input, signal)
}

async function answer(message: Extract<ToData, { id: number }>): Promise<void> {
  const control = new AbortController()
  running.set(message.id, control)
  try {
    send({ id: message.id, output: await perform(message.task, message.input, control.signal) })
    if (message.task === 'close') setImmediate(() => process.exit(0))
  } catch (thrown) {
    const fault = faultOf(thrown)
    send({ id: message.id, fault })
    // What is in memory is no longer true: end, so that the next process starts from what is on disk.
    if (fault.kind === 'broken' || fault.kind === 'corrupt') setTimeout(() => process.exit(70), 20)
  } finally {
    running.delete(message.id)
  }
}

function receive(message: ToData): void {
  if ('cancel' in message) running.get(message.cancel)?.abort()
  else void answer(message)
}

// Ctrl C in a terminal reaches the whole group of processes. The host hears it too, writes what it still holds and closes us.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)

if (parentPort) parentPort.on('message', event => receive(event.data))
else {
  process.on('message', message => receive(message as ToData))
  // The host is gone, however it went: whatever was acknowledged is on disk.
  process.on('disconnect', () => process.exit(0))
}
