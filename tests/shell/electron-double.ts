import { EventEmitter } from 'node:events'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { ElectronParts } from '../../src/main/shell/electron-parts.ts'
import { utilityDouble } from './utility-double.ts'

type Hearer = (...values: never[]) => unknown
type OpenHandler = (details: { url: string }) => { action: string }

/** What the shell asked of a window's contents. */
export class ContentsDouble extends EventEmitter {
  readonly mainFrame = { url: '' }
  openHandler: OpenHandler | null = null
  reloads = 0
  setWindowOpenHandler(handler: OpenHandler) {
    this.openHandler = handler
  }
  getURL() {
    return this.mainFrame.url
  }
  reload() {
    this.reloads++
  }
  /** What a happening on the page ends in: true where the shell prevented it. */
  isPrevented(event: string): boolean {
    let prevented = false
    this.emit(event, {
      preventDefault: () => {
        prevented = true
      },
    })
    return prevented
  }
}

export type WindowOptions = { webPreferences: Record<string, unknown> } & Record<string, unknown>

/** Keeps what was asked of a window, and shows nothing. */
export class WindowDouble extends EventEmitter {
  readonly webContents = new ContentsDouble()
  readonly done: string[] = []
  readonly options: WindowOptions
  minimized = false
  destroyed = false
  bounds: { x: number; y: number; width: number; height: number }
  constructor(options: WindowOptions) {
    super()
    this.options = options
    this.bounds = {
      x: Number(options.x),
      y: Number(options.y),
      width: Number(options.width),
      height: Number(options.height),
    }
  }
  async loadURL(url: string) {
    this.webContents.mainFrame.url = url
    this.emit('ready-to-show')
  }
  show() {
    this.done.push('show')
  }
  focus() {
    this.done.push('focus')
  }
  restore() {
    this.done.push('restore')
  }
  maximize() {
    this.done.push('maximize')
  }
  setFullScreen(on: boolean) {
    this.done.push(`full screen ${on}`)
  }
  isMinimized() {
    return this.minimized
  }
  isMaximized() {
    return this.done.includes('maximize')
  }
  isFullScreen() {
    return false
  }
  isDestroyed() {
    return this.destroyed
  }
  getBounds() {
    return this.bounds
  }
  getNormalBounds() {
    return this.bounds
  }
}

/** Two monitors, the smaller one first. */
export const SCREENS = [
  { id: 1, workArea: { x: 0, y: 25, width: 1512, height: 920 }, scaleFactor: 2 },
  { id: 2, workArea: { x: 1512, y: 0, width: 2560, height: 1400 }, scaleFactor: 1 },
]

/** One question that a dialog put, and the button that the test has chosen for it. */
export interface Asked {
  readonly message: string
  readonly detail?: string
  readonly buttons: readonly string[]
}

/** What a window needs of the double around it. */
export interface Around {
  readonly handlers: ReadonlyMap<string, (request: Request) => Promise<Response>>
  readonly ipcMain: EventEmitter
  /** Answers as the shell's permission handler does; yes to everything where it set none, as Electron does. */
  readonly isGranted: (contents: ContentsDouble, permission: string) => boolean
}

/** How a double differs from the usual one. */
export interface DoubleOptions {
  readonly isFirst?: boolean
  readonly isPackaged?: boolean
  readonly locale?: string
  /** Switches of Chromium that it was started with. */
  readonly switches?: readonly string[]
  /** Makes the windows; ones that show nothing without it. */
  readonly makeWindow?: (options: WindowOptions, around: Around) => WindowDouble
}

function freshlyKept() {
  return {
    exits: [] as number[],
    errors: [] as string[],
    asked: [] as Asked[],
    /** Index of the button that is pressed next; the one that cancels without it. */
    answers: [] as number[],
    paths: {} as Record<string, string>,
    schemes: [] as unknown[],
    clients: [] as unknown[][],
    menus: [] as Electron.MenuItemConstructorOptions[][],
    trays: [] as { menu: Electron.MenuItemConstructorOptions[]; destroyed: boolean }[],
    notifications: [] as (EventEmitter & { options: Record<string, unknown>; closed: boolean })[],
    outside: [] as string[],
    utilities: [] as { readonly pid?: number | undefined }[],
    handlers: new Map<string, (request: Request) => Promise<Response>>(),
    request: null as Hearer | null,
    check: null as Hearer | null,
    device: null as Hearer | null,
  }
}

/** Stands in for Electron: as much of it as the shell uses, with everything it asked for kept to be looked at. */
export function electronDouble({
  isFirst = true,
  isPackaged = false,
  locale = 'en-GB',
  switches = [],
  makeWindow,
}: DoubleOptions = {}) {
  const app = new EventEmitter()
  const ipcMain = new EventEmitter()
  const windows: WindowDouble[] = []
  const kept = freshlyKept()
  const around: Around = {
    handlers: kept.handlers,
    ipcMain,
    isGranted: (contents, permission) => (kept.check ? Boolean(kept.check(contents as never, permission as never)) : true),
  }
  const session = {
    setPermissionRequestHandler: (handler: Hearer) => {
      kept.request = handler
    },
    setPermissionCheckHandler: (handler: Hearer) => {
      kept.check = handler
    },
    setDevicePermissionHandler: (handler: Hearer) => {
      kept.device = handler
    },
  }
  const parts = {
    app: Object.assign(app, {
      isPackaged,
      whenReady: async () => {},
      requestSingleInstanceLock: () => isFirst,
      getLocale: () => locale,
      getVersion: () => '0.1.0',
      setAppUserModelId: () => {},
      commandLine: { hasSwitch: (name: string) => switches.includes(name) },
      setPath: (name: string, path: string) => {
        kept.paths[name] = path
      },
      setAsDefaultProtocolClient: (...words: unknown[]) => kept.clients.push(words) > 0,
      exit: (code = 0) => void kept.exits.push(code),
      quit: () => {
        let prevented = false
        app.emit('before-quit', {
          preventDefault: () => {
            prevented = true
          },
        })
        if (!prevented) kept.exits.push(0)
      },
    }),
    BrowserWindow: class {
      static getAllWindows = () => windows
      constructor(options: WindowOptions) {
        const window = makeWindow?.(options, around) ?? new WindowDouble(options)
        windows.push(window)
        app.emit('web-contents-created', {}, window.webContents)
        // biome-ignore lint/correctness/noConstructorReturn: the window is made by the test, and `new` must give that one
        return window
      }
    },
    dialog: {
      showErrorBox: (_: string, text: string) => void kept.errors.push(text),
      async showMessageBox(...words: unknown[]) {
        const question = words.at(-1) as Asked & { cancelId?: number }
        kept.asked.push(question)
        return { response: kept.answers.shift() ?? question.cancelId ?? 0 }
      },
    },
    ipcMain,
    Menu: {
      setApplicationMenu: (menu: Electron.MenuItemConstructorOptions[]) => void kept.menus.push(menu),
      buildFromTemplate: (template: unknown) => template,
    },
    Notification: class extends EventEmitter {
      static isSupported = () => true
      closed = false
      readonly options: Record<string, unknown>
      constructor(options: Record<string, unknown>) {
        super()
        this.options = options
      }
      show() {
        kept.notifications.push(this)
      }
      close() {
        this.closed = true
        this.emit('close')
      }
    },
    protocol: {
      registerSchemesAsPrivileged: (schemes: unknown[]) => void kept.schemes.push(...schemes),
      handle: (scheme: string, handler: (request: Request) => Promise<Response>) => void kept.handlers.set(scheme, handler),
    },
    screen: {
      getAllDisplays: () => SCREENS,
      getPrimaryDisplay: () => SCREENS[0],
      getDisplayMatching: ({ x }: { x: number }) => SCREENS[x >= SCREENS[1]!.workArea.x ? 1 : 0],
    },
    session: { defaultSession: session },
    shell: { openExternal: async (url: string) => void kept.outside.push(url) },
    Tray: class extends EventEmitter {
      readonly kept = { menu: [] as Electron.MenuItemConstructorOptions[], destroyed: false }
      constructor() {
        super()
        kept.trays.push(this.kept)
      }
      setToolTip() {}
      setContextMenu(menu: Electron.MenuItemConstructorOptions[]) {
        this.kept.menu = menu
      }
      destroy() {
        this.kept.destroyed = true
      }
    },
    utilityProcess: {
      fork(entry: string, args?: string[]) {
        const made = utilityDouble.fork(entry, args)
        kept.utilities.push(made)
        return made
      },
    },
    updater: () => {
      throw new Error('no test of the shell asks for the updater')
    },
  }
  /** Hands a port over as the preload script does; gives the page's end. */
  const connect = (from: { sender?: unknown; senderFrame?: unknown } = {}): MessagePort => {
    const { port1, port2 } = new MessageChannel()
    const contents = windows[0]?.webContents
    ipcMain.emit('desk:connect', { ports: [port2], sender: contents, senderFrame: contents?.mainFrame, ...from })
    port1.start()
    return port1
  }
  return { electron: parts as unknown as ElectronParts, app, ipcMain, connect, windows, kept }
}
