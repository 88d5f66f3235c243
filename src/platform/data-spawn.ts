import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The other end of a data process: forked here, a utility process under Electron. */
export interface DataPeer {
  readonly pid: number | null
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>
  send(message: unknown): void
  onMessage(hear: (message: unknown) => void): void
  /** Once; `how` is words such as `SIGKILL` or `exit 70`. */
  onExit(hear: (how: string) => void): void
  kill(): void
}

/** Starts a data process from its entry; lines that it writes to standard error go to `onLine`. */
export type SpawnData = (entry: URL, onLine: (line: string) => void) => DataPeer

/** Starts it as a plain Node process. Typed arrays arrive as such ("advanced" is structured clone). */
export const forkData: SpawnData = (entry, onLine) => {
  const child = fork(fileURLToPath(entry), [], {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n')) if (line.trim()) onLine(line)
  })
  let gone: string | null = null
  const hearers: ((how: string) => void)[] = []
  const exited = (how: string) => {
    if (gone !== null) return
    gone = how
    for (const hear of hearers) hear(how)
  }
  child.on('exit', (code, signal) => exited(signal ?? `exit ${code}`))
  child.on('error', fault => exited(fault.message))
  return {
    pid: child.pid ?? null,
    ended: new Promise(resolve => hearers.push(() => resolve())),
    // A send to a process that has just died fails; its exit then answers every request.
    send: message => void (child.connected && child.send(message as object, () => undefined)),
    onMessage: hear => void child.on('message', hear),
    onExit(hear) {
      if (gone === null) hearers.push(hear)
      else hear(gone)
    },
    kill: () => void child.kill('SIGKILL'),
  }
}
