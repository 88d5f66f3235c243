import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../build/bench/', import.meta.url))
const source = fileURLToPath(new URL('./quantlib.cpp', import.meta.url))

/** What both sides work on; the same bytes go to either. */
export interface PeerColumns {
  readonly spot: Float64Array
  readonly strike: Float64Array
  /** Whole days; a year has 365. */
  readonly days: Float64Array
  readonly vol: Float64Array
  readonly rate: Float64Array
  readonly yieldRate: Float64Array
  readonly side: Float64Array
  /** Undiscounted price for the passes that invert it. */
  readonly price: Float64Array
}

export type PeerPass = 'calculator' | 'analytic' | 'implied' | 'american-fast' | 'american-accurate'

export interface Peer {
  /** Seconds of one pass over all rows. */
  time(pass: PeerPass): Promise<number>
  /** Answers of the last pass. */
  answers(): Float64Array
  close(): void
}

/** Builds the program once for each state of its source; a sentence where that cannot be done here. */
function buildPeer(): { program: string } | { why: string } {
  mkdirSync(folder, { recursive: true })
  const program = join(folder, `quantlib-${createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 12)}`)
  if (existsSync(program)) return { program }
  if (!existsSync('/usr/include/ql/quantlib.hpp') && process.platform === 'linux' && process.getuid?.() === 0)
    spawnSync('apt-get', ['install', '-y', 'libquantlib0-dev', 'g++'], { stdio: 'ignore', timeout: 600_000 })
  if (!existsSync('/usr/include/ql/quantlib.hpp'))
    return { why: 'QuantLib is not installed here: apt-get install libquantlib0-dev' }
  const made = spawnSync('g++', ['-O2', '-std=c++14', '-o', program, source, '-lQuantLib'], {
    encoding: 'utf8',
    timeout: 600_000,
  })
  return made.status === 0
    ? { program }
    : { why: `the peer could not be built: ${made.stderr?.slice(0, 400) ?? made.error?.message}` }
}

/** QuantLib in a process of its own, waiting for passes; or why there is none. */
export function openPeer(columns: PeerColumns): Peer | { readonly why: string } {
  const built = buildPeer()
  if ('why' in built) return built
  const [input, output] = [join(folder, `columns-${process.pid}.bin`), join(folder, `answers-${process.pid}.bin`)]
  const { spot, strike, days, vol, rate, yieldRate, side, price } = columns
  const all = [spot, strike, days, vol, rate, yieldRate, side, price]
  writeFileSync(input, Buffer.concat(all.map(column => Buffer.from(column.buffer, column.byteOffset, column.byteLength))))
  const child: ChildProcessWithoutNullStreams = spawn(built.program, [input, String(spot.length), output])
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async time(pass) {
      child.stdin.write(`${pass}\n`)
      const { value, done } = await lines.next()
      if (done) throw new Error(`the peer ended in pass ${pass}`)
      return Number(value)
    },
    answers() {
      const bytes = readFileSync(output)
      return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
    },
    close: () => void child.stdin.end(),
  }
}
