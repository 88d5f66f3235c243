import { fork } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { fileURLToPath } from 'node:url'

const SHIM = new URL('./parent-port.mjs', import.meta.url).href

/** Stands for Electron's utilityProcess: a real process that speaks through `process.parentPort`. */
export const utilityDouble = {
  fork(entry: string, args: string[] = []) {
    const child = fork(entry, args, {
      serialization: 'advanced',
      execArgv: ['--import', SHIM, '--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
    })
    const utility = Object.assign(new EventEmitter(), {
      pid: child.pid,
      stderr: child.stderr,
      postMessage: (message: object) => void (child.connected && child.send(message, () => undefined)),
      kill: () => child.kill('SIGTERM'),
    })
    child.on('message', message => utility.emit('message', message))
    child.on('exit', code => utility.emit('exit', code ?? 1))
    return utility
  },
}
