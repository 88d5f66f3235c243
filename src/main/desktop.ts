import { systemClock } from '../platform/clock.ts'
import { ConfigInvalid, environment, type Launch, readLaunch } from '../platform/config.ts'
import { addressOf, WorkspaceOpen } from '../platform/lock.ts'
import type { DesktopParts } from './desktop-parts.ts'
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
  /** What it gives the host; a terminal has nothing to give. */
  readonly parts?: DesktopParts
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

/**
 * Hears from the first moment on that all of it is to end: a host that is still being built is closed as soon as it stands, and
 * one that does not stand in time is left to die with the process.
 */
function listenForEnd(desktop: Desktop) {
  let asked = false
  let end: (() => void) | null = null
  const ask = () => {
    if (end) end()
    else if (!asked) systemClock().after(CLOSE_SECONDS, () => desktop.end(1))
    asked = true
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask)
  // A launcher that was killed takes its host with it, so that no host is left behind unseen.
  process.on('disconnect', ask)
  return {
    wasAsked: () => asked,
    /** From now on ending means this; false where it was asked for already, and is under way. */
    goesOn(close: () => void): boolean {
      end = close
      if (asked) close()
      return !asked
    },
  }
}

/** Opens a workspace as the flags say, under a desktop; gives the way to end it, or null where it did not open. */
export async function openWorkstation(
  argv: readonly string[],
  installation: Installation,
  desktop: Desktop,
): Promise<(() => void) | null> {
  const env = environment()
  let launch: Partial<Launch> = {}
  const start = listenForEnd(desktop)
  try {
    const { folder, port, demo } = readLaunch(argv, env)
    launch = { port }
    const host = await createHost({
      ...{ folder, demo, argv, env, installation },
      ...(desktop.parts ? { desktop: desktop.parts } : {}),
    })
    const end = endingOf(host, desktop)
    if (!start.goesOn(end)) return null
    // What nobody caught leaves a state that cannot be trusted: the process ends, and the next start recovers from both stores.
    process.on('uncaughtExceptionMonitor', fault => host.crashed(fault))
    const bound = await host.listen(port).catch(async fault => {
      await host.close()
      throw fault
    })
    if (start.wasAsked()) return null
    await desktop.opened(host, addressOf({ port: bound, token: host.token }))
    return end
  } catch (fault) {
    if (start.wasAsked()) desktop.end(1)
    else if (fault instanceof WorkspaceOpen && fault.way) desktop.alreadyOpen(addressOf(fault.way))
    else desktop.failed(explain(fault, launch))
    return null
  }
}
