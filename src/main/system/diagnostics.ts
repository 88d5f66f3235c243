import { createReadStream } from 'node:fs'
import { readdir, stat, writeFile } from 'node:fs/promises'
import { arch, cpus, platform, release, totalmem } from 'node:os'
import { join } from 'node:path'
import type { Journal } from '../../platform/journal.ts'
import { redact, redactText } from '../../platform/redact.ts'
import { type ByteSink, endTar, packBytes } from '../../platform/tar.ts'

export interface DiagnosticsParts {
  readonly folder: string
  readonly version: string
  readonly journal: Pick<Journal, 'read' | 'head' | 'verify'>
  /** What the host says of itself, by name: checks, status, sources, settings. */
  readonly sections: Readonly<Record<string, () => Promise<unknown> | unknown>>
  /** Values of secrets that are known here; where one stands in a text after all, it is blotted out. */
  readonly secrets: () => Promise<readonly string[]>
}

/** The end of each log file that goes into the bundle. */
const LOG_BYTES = 1_000_000
/** Journal entries whose kind, subject and time are told; never what they hold. */
const JOURNAL_ENTRIES = 2000
/** A shorter one would blot out words that have nothing to do with it. */
const SHORTEST_SECRET = 6

/** Takes known secrets out of a text, as they are and as they stand in addresses. */
function blot(text: string, secrets: readonly string[]): string {
  return secrets
    .filter(secret => secret.length >= SHORTEST_SECRET)
    .flatMap(secret => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
    .reduce((clean, secret) => clean.replaceAll(secret, '•••'), text)
}

async function tail(file: string): Promise<string> {
  const { size } = await stat(file)
  const pieces: Buffer[] = []
  for await (const piece of createReadStream(file, { start: Math.max(0, size - LOG_BYTES) })) pieces.push(piece as Buffer)
  const text = Buffer.concat(pieces).toString('utf8')
  // The first line is most likely cut.
  return size > LOG_BYTES ? text.slice(text.indexOf('\n') + 1) : text
}

function machine(version: string): unknown {
  const { versions, memoryUsage, uptime } = process
  return {
    contango: version,
    system: `${platform()} ${release()} ${arch()}`,
    processors: cpus().length,
    memoryBytes: totalmem(),
    runtime: { node: versions.node, electron: versions.electron ?? null, v8: versions.v8 },
    used: memoryUsage(),
    uptimeSeconds: uptime(),
  }
}

/** A section that cannot be read says why, and the others still come. */
async function sectionOf(read: () => unknown): Promise<unknown> {
  try {
    return await read()
  } catch (fault) {
    return { failed: (fault as Error).message }
  }
}

/**
 * Writes what a report of a fault needs into a tar: versions, checks, status, settings, the ends of the logs, and which kinds of
 * entries the journal has. No market data, no content of the journal, and no secret.
 */
export async function writeDiagnostics(parts: DiagnosticsParts, file: string): Promise<{ files: number; bytes: number }> {
  const { folder, version, journal, sections } = parts
  const secrets = await parts.secrets()
  const found: Record<string, string> = {}
  const put = (name: string, value: unknown) => {
    found[name] = `${JSON.stringify(redact(value), null, 1)}\n`
  }
  put('machine.json', machine(version))
  for (const [name, read] of Object.entries(sections)) put(`${name}.json`, await sectionOf(read))
  const entries = journal.read({ newestFirst: true, limit: JOURNAL_ENTRIES })
  // One line an entry: a list of objects would be cut to the length that a log line may have.
  found['journal.txt'] = entries.map(({ seq, at, kind, subject }) => `${seq} ${at} ${kind} ${redactText(subject)}`).join('\n')
  put('journal.json', { head: journal.head(), verdict: journal.verify() })
  const logs = join(folder, 'logs')
  for (const name of await readdir(logs).catch(() => [])) found[`logs/${name}`] = await tail(join(logs, name)).catch(String)

  const pieces: Uint8Array[] = []
  const to: ByteSink = async piece => void pieces.push(piece)
  for (const [name, text] of Object.entries(found)) await packBytes(name, Buffer.from(blot(text, secrets)), to)
  await endTar(to)
  const bytes = Buffer.concat(pieces)
  await writeFile(file, bytes, { mode: 0o600 })
  return { files: Object.keys(found).length, bytes: bytes.length }
}
