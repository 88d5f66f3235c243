import { Worker } from 'node:worker_threads'

/** A table of jobs: each a function of one cloneable argument that may report how far it is, from 0 to 1. */
export type JobTable = Readonly<Record<string, (input: never, report: (fraction: number) => void) => unknown>>

/** How a job is watched, ended and fed. */
export interface RunOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (fraction: number) => void
  /** Buffers of the input that may be given away instead of copied; they are empty here afterwards. */
  readonly transfer?: readonly ArrayBuffer[]
}

/** What the pool does at this moment; `replaced` counts threads that died or were ended since the start. */
export interface PoolStats {
  readonly threads: number
  readonly busy: number
  readonly waiting: number
  readonly replaced: number
}

/** The thread that ran a job ended before it answered: out of memory, or a crash. */
export class ThreadDied extends Error {
  override readonly name = 'ThreadDied'
}

/** What goes to a thread; `progress` holds the fraction done in millionths. */
export interface Ask {
  readonly job: string
  readonly input: unknown
  readonly progress: SharedArrayBuffer | null
}
export type Answer =
  | { readonly ok: true; readonly output: unknown }
  | { readonly ok: false; readonly name: string; readonly message: string; readonly stack: string }

interface Task {
  readonly ask: Ask
  readonly transfer: readonly ArrayBuffer[]
  readonly onProgress: ((fraction: number) => void) | undefined
  readonly resolve: (output: never) => void
  readonly reject: (reason: unknown) => void
  settled: boolean
}

/** The buffers under the columns of a value, to be given away with it; those of objects inside objects too. */
export function buffersOf(value: unknown, found: Set<ArrayBuffer> = new Set()): readonly ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer)
  } else if (value && typeof value === 'object' && !Array.isArray(value))
    for (const inner of Object.values(value)) buffersOf(inner, found)
  return [...found]
}

const LOOK_AT_PROGRESS_MS = 100

/**
 * Runs the jobs of a table on threads: one job a thread at a time, in order of arrival.
 *
 * Threads start when they are first needed. Cancelling a running job ends its thread, and another takes its place; so does a
 * thread that died.
 */
export class WorkerPool<Jobs extends JobTable> {
  readonly #entry: URL
  readonly #size: number
  readonly #idle: Worker[] = []
  readonly #busy = new Map<Worker, Task>()
  readonly #queue: Task[] = []
  readonly #all = new Set<Worker>()
  #replaced = 0
  #closed = false

  constructor(entry: URL, size: number) {
    if (!Number.isInteger(size) || size < 1) throw new RangeError(`a pool has at least one thread, was ${size}`)
    this.#entry = entry
    this.#size = size
  }

  /**
   * The output of a job.
   *
   * Fails: with what the job threw (its name, message and stack), with ThreadDied, or with the signal's reason within 200 ms of it.
   */
  run<J extends keyof Jobs & string>(
    job: J,
    input: Parameters<Jobs[J]>[0],
    { signal, onProgress, transfer = [] }: RunOptions = {},
  ): Promise<Awaited<ReturnType<Jobs[J]>>> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new Error('the worker pool is closed'))
      if (signal?.aborted) return reject(signal.reason)
      const abort = () => this.#cancel(task, signal?.reason)
      const task: Task = {
        ask: { job, input, progress: onProgress ? new SharedArrayBuffer(4) : null },
        transfer,
        onProgress,
        settled: false,
        resolve: output => {
          signal?.removeEventListener('abort', abort)
          resolve(output)
        },
        reject: reason => {
          signal?.removeEventListener('abort', abort)
          reject(reason)
        },
      }
      signal?.addEventListener('abort', abort, { once: true })
      this.#queue.push(task)
      this.#pump()
    })
  }

  stats(): PoolStats {
    return { threads: this.#size, busy: this.#busy.size, waiting: this.#queue.length, replaced: this.#replaced }
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const task of this.#queue.splice(0)) settle(task, () => task.reject(new Error('the worker pool is closed')))
    await Promise.all([...this.#all].map(worker => worker.terminate()))
  }

  #cancel(task: Task, reason: unknown): void {
    settle(task, () => task.reject(reason))
    const waiting = this.#queue.indexOf(task)
    if (waiting >= 0) return void this.#queue.splice(waiting, 1)
    for (const [worker, running] of this.#busy) if (running === task) void worker.terminate()
  }

  #spawn(): Worker {
    const worker = new Worker(this.#entry)
    this.#all.add(worker)
    let fault: Error | null = null
    worker.on('error', thrown => {
      fault = thrown as Error
    })
    worker.on('exit', code => {
      this.#all.delete(worker)
      const at = this.#idle.indexOf(worker)
      if (at >= 0) this.#idle.splice(at, 1)
      const task = this.#busy.get(worker)
      this.#busy.delete(worker)
      if (this.#closed && !task) return
      if (task)
        settle(task, () =>
          task.reject(
            new ThreadDied(`the thread of job ${task.ask.job} ended with code ${code}: ${fault?.message ?? 'no reason'}`),
          ),
        )
      if (this.#closed) return
      this.#replaced++
      this.#pump()
    })
    return worker
  }

  #pump(): void {
    while (!this.#closed && this.#queue.length > 0) {
      const worker = this.#idle.pop() ?? (this.#all.size < this.#size ? this.#spawn() : null)
      if (!worker) return
      const task = this.#queue.shift() as Task
      this.#start(worker, task)
    }
  }

  #start(worker: Worker, task: Task): void {
    this.#busy.set(worker, task)
    const counter = task.ask.progress && new Int32Array(task.ask.progress)
    let told = -1
    const look = () => {
      const millionths = counter ? Atomics.load(counter, 0) : 0
      if (millionths !== told && !task.settled) task.onProgress?.(millionths / 1e6)
      told = millionths
    }
    const timer = counter ? setInterval(look, LOOK_AT_PROGRESS_MS) : null
    const finish = () => {
      if (timer) clearInterval(timer)
    }
    worker.once('exit', finish)
    worker.once('message', (answer: Answer) => {
      finish()
      worker.off('exit', finish)
      if (timer && answer.ok) look()
      this.#busy.delete(worker)
      this.#idle.push(worker)
      settle(task, () => (answer.ok ? task.resolve(answer.output as never) : task.reject(failureOf(answer))))
      this.#pump()
    })
    try {
      worker.postMessage(task.ask, task.transfer as ArrayBuffer[])
    } catch (fault) {
      // The input could not be cloned: the thread never saw it and stays usable.
      finish()
      worker.removeAllListeners('message')
      this.#busy.delete(worker)
      this.#idle.push(worker)
      settle(task, () => task.reject(fault))
    }
  }
}

function settle(task: Task, how: () => void): void {
  if (task.settled) return
  task.settled = true
  how()
}

function failureOf({ name, message, stack }: Extract<Answer, { ok: false }>): Error {
  const made = name === 'RangeError' ? new RangeError(message) : new Error(message)
  return Object.assign(made, { name, stack })
}
