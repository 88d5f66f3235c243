import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type * as Electron from 'electron'
import * as z from 'zod'
import { type Monitor, placeWindow, type WindowPlace } from '../../core/workspace/place-window.ts'
import type { Clock, Stop } from '../../platform/clock.ts'

const box = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })
const stored = z.object({
  box,
  monitor: z.object({ id: z.number(), area: box, scale: z.number() }),
  maximised: z.boolean(),
  fullScreen: z.boolean(),
})

/** While a window is dragged it is not written at every step. */
const REST_SECONDS = 0.5

/** Remembers where windows stand. A convenience of this machine, so it lies beside Electron's own files and not in the journal. */
export interface WindowPlaces {
  /** Bounds and state for a new window. */
  restore(): { readonly bounds: Electron.Rectangle; readonly maximised: boolean; readonly fullScreen: boolean }
  /** Follows a window until it closes. */
  follow(window: Electron.BrowserWindow): void
}

const toMonitor = ({ id, workArea, scaleFactor }: Electron.Display): Monitor => ({ id, area: workArea, scale: scaleFactor })

/** What a file says, null where there is none or it says nothing of use: a window then opens in the middle of the screen. */
function read(file: string): WindowPlace | null {
  try {
    const found = stored.safeParse(JSON.parse(readFileSync(file, 'utf8')))
    return found.success ? found.data : null
  } catch {
    return null
  }
}

function write(file: string, place: WindowPlace): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    // Moved into place, so that a start never reads half of it.
    writeFileSync(`${file}.new`, `${JSON.stringify(place)}\n`, { mode: 0o600 })
    renameSync(`${file}.new`, file)
  } catch {
    // A full disk or a folder without permission costs the place of a window, not the workstation.
  }
}

export function createWindowPlaces({
  screen,
  clock,
  file,
}: {
  readonly screen: Pick<Electron.Screen, 'getAllDisplays' | 'getPrimaryDisplay' | 'getDisplayMatching'>
  readonly clock: Pick<Clock, 'after'>
  readonly file: string
}): WindowPlaces {
  const monitors = () => {
    const primary = screen.getPrimaryDisplay()
    return [primary, ...screen.getAllDisplays().filter(({ id }) => id !== primary.id)].map(toMonitor)
  }
  return {
    restore() {
      const saved = read(file)
      return {
        bounds: placeWindow(saved, monitors()),
        maximised: saved?.maximised ?? false,
        fullScreen: saved?.fullScreen ?? false,
      }
    },
    follow(window) {
      let stop: Stop = () => undefined
      const save = () => {
        stop()
        if (window.isDestroyed() || window.isMinimized()) return
        // The bounds it goes back to when it is no longer maximised.
        const bounds = window.getNormalBounds()
        const monitor = toMonitor(screen.getDisplayMatching(window.getBounds()))
        write(file, { box: bounds, monitor, maximised: window.isMaximized(), fullScreen: window.isFullScreen() })
      }
      const later = () => {
        stop()
        stop = clock.after(REST_SECONDS, save)
      }
      for (const event of ['resize', 'move', 'maximize', 'unmaximize', 'enter-full-screen', 'leave-full-screen'] as const)
        window.on(event as 'resize', later)
      window.on('close', save)
    },
  }
}
