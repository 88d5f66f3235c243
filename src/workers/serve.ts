import { parentPort } from 'node:worker_threads'

interface Ask {
  readonly job: string
  readonly input: unknown
  readonly progress: SharedArrayBuffer | null
}

/** The buffers under a value, so that they move instead of being copied. */
function buffersOf(value: unknown, found: Set<ArrayBuffer> = new Set()): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer)
  } else if (Array.isArray(value)) {
    // A list of plain values has no buffers; looking at its first element spares a walk over millions.
    if (typeof value[0] === 'object') for (const inner of value) buffersOf(inner, found)
  } else if (value && typeof value === 'object') for (const inner of Object.values(value)) buffersOf(inner, found)
  return found
}

function reporter(progress: SharedArrayBuffer | null): (fraction: number) => void {
  if (!progress) return () => {}
  const counter = new Int32Array(progress)
  return fraction => void Atomics.store(counter, 0, Math.round(Math.min(1, Math.max(0, fraction)) * 1e6))
}

type Table = Readonly<Record<string, (input: never, report: (fraction: number) => void) => unknown>>

/** Answers the pool of this thread with the jobs of a table, one after another. */
export function serveJobs(jobs: Table): void {
  parentPort?.on('message', async ({ job, input, progress }: Ask) => {
    try {
      if (!Object.hasOwn(jobs, job)) throw new RangeError(`no job is named '${job}'`)
      const output = await jobs[job]?.(input as never, reporter(progress))
      parentPort?.postMessage({ ok: true, output }, [...buffersOf(output)])
    } catch (fault) {
      const { name, message, stack } = fault instanceof Error ? fault : new Error(String(fault))
      parentPort?.postMessage({ ok: false, name, message, stack: stack ?? '' })
    }
  })
}
