import type { DuckDBConnection } from '@duckdb/node-api'
import type { Migration } from './data-protocol.ts'
import { DuckFault } from './duck-guard.ts'

/**
 * Brings the store to the newest step, each step in a transaction of its own.
 *
 * Fails: `edited` when an applied step is not the one of this app, `newer` when the store knows steps that this app does not.
 */
export async function applyMigrations(connection: DuckDBConnection, migrations: readonly Migration[]): Promise<void> {
  await connection.run(
    "create table if not exists schema_steps (number integer not null, name varchar not null, sha256 varchar not null, applied timestamp default (now() at time zone 'UTC'))",
  )
  await connection.run('create table if not exists append_marks (stream varchar not null, batch bigint not null)')
  const rows = (await connection.runAndReadAll('select number, name, sha256 from schema_steps order by number')).getRows()
  const applied = new Map(rows.map(([number, name, sha256]) => [Number(number), { name: String(name), sha256: String(sha256) }]))
  const known = Math.max(0, ...migrations.map(step => step.number))
  const found = Math.max(0, ...applied.keys())
  if (found > known) throw new DuckFault({ kind: 'newer', found, known })
  for (const [number, step] of applied) {
    const ours = migrations.find(migration => migration.number === number)
    if (ours?.sha256 !== step.sha256) throw new DuckFault({ kind: 'edited', step: step.name })
  }
  for (const step of [...migrations].sort((a, b) => a.number - b.number)) {
    if (applied.has(step.number)) continue
    await connection.run('begin')
    try {
      await connection.run(step.sql)
      await connection.run('insert into schema_steps (number, name, sha256) values (?, ?, ?)', [
        step.number,
        step.name,
        step.sha256,
      ])
      await connection.run('commit')
    } catch (fault) {
      await connection.run('rollback').catch(() => undefined)
      throw fault
    }
  }
}
