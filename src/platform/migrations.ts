import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Migration } from './data-protocol.ts'

const STEP = /^(\d{4})-([a-z0-9-]+)\.sql$/
const LOCK = 'migrations.lock'

/** SHA-256 of a step, over its text with line ends as they are in the repository, whatever a checkout made of them. */
export function checksumOf(sql: string): string {
  return createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex')
}

function locked(folder: string): ReadonlyMap<string, string> {
  const lines = readFileSync(join(folder, LOCK), 'utf8').split(/\r?\n/)
  return new Map(lines.filter(line => line.trim() !== '').map(line => [line.slice(66).trim(), line.slice(0, 64)]))
}

/**
 * The numbered steps in a folder, in order, each checked against `migrations.lock`.
 *
 * Fails: Error naming the file that was edited after it was locked, is not in the lock, or is missing.
 */
export function readMigrations(folder: URL): readonly Migration[] {
  const path = fileURLToPath(folder)
  const lock = locked(path)
  const names = readdirSync(path).filter(name => name.endsWith('.sql'))
  for (const name of lock.keys()) if (!names.includes(name)) throw new Error(`step ${name} is in ${LOCK} but its file is missing`)
  const steps = names.sort().map(name => {
    const found = STEP.exec(name)
    if (!found) throw new Error(`a step is named NNNN-domain.sql, this one ${name}`)
    const sql = readFileSync(join(path, name), 'utf8')
    const sha256 = checksumOf(sql)
    if (lock.get(name) === undefined) throw new Error(`step ${name} is not in ${LOCK}; add the line "${sha256}  ${name}"`)
    if (lock.get(name) !== sha256) throw new Error(`step ${name} was edited after it was locked; write a new step instead`)
    return { number: Number(found[1]), name, sql, sha256 }
  })
  for (const [k, step] of steps.entries())
    if (step.number === steps[k - 1]?.number) throw new Error(`steps ${steps[k - 1]?.name} and ${step.name} have one number`)
  return steps
}
