import { systemClock } from '../platform/clock.ts'
import { ConfigInvalid, environment, readLaunch } from '../platform/config.ts'
import { addressOf, WorkspaceOpen } from '../platform/lock.ts'
import { installationOf } from './entries.ts'
import { createHost, type Host } from './host.ts'

/** The host closes within this time after it was asked to; what still hangs then is cut off. */
const CLOSE_SECONDS = 2

/** What the launcher is told over the channel it may have opened. */
export type LaunchMessage = { readonly kind: 'open' | 'already-open'; readonly url: string }

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function tell(message: LaunchMessage): void {
  process.send?.(message)
}

function closeOnSignals(host: Host): void {
  const clock = systemClock()
  let asked = false
  const close = () => {
    if (asked) return
    asked = true
    clock.after(CLOSE_SECONDS, () => process.exit(1))
    host.close().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, close)
  // A launcher that was killed takes its host with it, so that no host is left behind unseen.
  process.on('disconnect', close)
}

async function start(): Promise<void> {
  const argv = process.argv.slice(2)
  const env = environment()
  const { folder, port, demo } = readLaunch(argv, env)
  const host = await createHost({ folder, demo, argv, env, installation: installationOf(import.meta.url) })
  closeOnSignals(host)
  const url = addressOf({ port: await host.listen(port), token: host.token })
  say(`Contango is open at ${url}`)
  tell({ kind: 'open', url })
}

function explain(fault: unknown): string {
  if (fault instanceof ConfigInvalid) return fault.message
  const { code, message } = fault as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return 'Another program uses that port. Choose another with --port, or leave it out.'
  if (code === 'EACCES' || code === 'EROFS') return `${message}. Choose a folder of your own with --data DIR.`
  return message
}

start().catch(fault => {
  if (fault instanceof WorkspaceOpen && fault.way) {
    const url = addressOf(fault.way)
    say(`Contango is already open at ${url}`)
    tell({ kind: 'already-open', url })
    process.exit(0)
  }
  process.stderr.write(`Contango cannot start: ${explain(fault)}\n`)
  process.exit(1)
})
