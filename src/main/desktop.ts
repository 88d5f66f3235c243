import { systemClock } from '../platform/clock.ts'
import { ConfigInvalid, environment, type Launch, readLaunch } from '../platform/config.ts'
import { addressOf, WorkspaceOpen } from '../platform/lock.ts'
import type { Installation } from './entries.ts'
import { createHost, type Host } from './host.ts'

/** What surrounds a host: a window of its own, or a terminal. The host itself knows neither. */
export interface Desktop {
  /** The host is up and its doors are open at `url`. */
  opened(host: Host, url: string): void | Promise<void>
  /** Another host has the workspace, and is found at `url`. */
  alreadyOpen(url: string): void
  /** It could not start, in one sentence. */
  failed(sentence: string): void
  end(code: number): void
}

/** The host closes within this time after it was asked to; what still hangs then is cut off. */
const CLOSE_SECONDS = 2

/** Gives the way to end a host from wherever that is asked; asking twice does no harm. */
function endingOf(host: Host, desktop: Desktop): () => void {
  let asked = false
  return () => {
    if (asked) return
    asked = true
    systemClock().after(CLOSE_SECONDS, () => desktop.end(1))
    host.close().then(
      () => desktop.end(0),
      () => desktop.end(1),
    )
  }
}

function explain(fault: unknown, { port }: Partial<Launch>): string {
  if (fault instanceof ConfigInvalid) return fault.message
  const { code, message } = fault as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return `Another program uses port ${port}. Choose another with --port, or leave it out.`
  if (code === 'EACCES' || code === 'EROFS' || code === 'ENOTDIR')
    return `${message}. Choose a folder of your own with --data DIR.`
  return message
}

/** Opens a workspace as the flags say, under a desktop; gives the way to end it, or null where it did not open. */
export async function openWorkstation(
  argv: readonly string[],
  installation: Installation,
  desktop: Desktop,
): Promise<(() => void) | null> {
  const env = environment()
  let launch: Partial<Launch> = {}
  try {
    const { folder, port, demo } = readLaunch(argv, env)
    launch = { port }
    const host = await createHost({ folder, demo, argv, env, installation })
    const end = endingOf(host, desktop)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
    // What nobody caught leaves a state that cannot be trusted: the process ends, and the next start recovers from both stores.
    process.on('uncaughtExceptionMonitor', fault => host.crashed(fault))
    // A launcher that was killed takes its host with it, so that no host is left behind unseen.
    process.on('disconnect', end)
    const bound = await host.listen(port).catch(async fault => {
      await host.close()
      throw fault
    })
    await desktop.opened(host, addressOf({ port: bound, token: host.token }))
    return end
  } catch (fault) {
    if (fault instanceof WorkspaceOpen && fault.way) desktop.alreadyOpen(addressOf(fault.way))
    else desktop.failed(explain(fault, launch))
    return null
  }
}
