import { fileURLToPath } from 'node:url'
import type { SpawnData } from '../../platform/data-store.ts'
import type { ElectronParts } from './electron-parts.ts'

/**
 * Starts the data process as a utility process of Electron.
 *
 * A fork would run Contango's own program as Node, for which the fuse `runAsNode` would have to stay on; and with that fuse on,
 * whoever can start the program can run any script under its name and signature.
 */
export function utilityData({ utilityProcess }: Pick<ElectronParts, 'utilityProcess'>): SpawnData {
  return (entry, onLine) => {
    const child = utilityProcess.fork(fileURLToPath(entry), [], {
      serviceName: 'Contango data',
      stdio: ['ignore', 'ignore', 'pipe'],
      execArgv: [],
    })
    child.stderr?.on('data', (piece: Buffer) => {
      for (const line of piece.toString('utf8').split('\n')) if (line.trim()) onLine(line)
    })
    let gone: string | null = null
    const hearers: ((how: string) => void)[] = []
    child.on('exit', code => {
      if (gone !== null) return
      gone = `exit ${code}`
      for (const hear of hearers) hear(gone)
    })
    return {
      get pid() {
        return child.pid ?? null
      },
      ended: new Promise(resolve => hearers.push(() => resolve())),
      send: message => void (gone === null && child.postMessage(message)),
      onMessage: hear => void child.on('message', hear),
      onExit(hear) {
        if (gone === null) hearers.push(hear)
        else hear(gone)
      },
      kill() {
        // Its own kill is a SIGTERM, which the data process leaves to its host on purpose.
        try {
          if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL')
          else child.kill()
        } catch {
          // It was gone already.
        }
      },
    }
  }
}
