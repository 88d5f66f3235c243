import { EventEmitter } from 'node:events'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { ElectronParts } from '../../src/main/shell.ts'

type Hearer = (...values: never[]) => unknown

/** What the shell asked of a window's contents. */
export class ContentsDouble extends EventEmitter {
  readonly mainFrame = { url: '' }
  openHandler: ((details: { url: string }) => { action: string }) | null = null
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }) {
    this.openHandler = handler
  }
  getURL() {
    return this.mainFrame.url
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

export class WindowDouble extends EventEmitter {
  readonly webContents = new ContentsDouble()
  readonly done: string[] = []
  readonly options: { webPreferences: Record<string, unknown> } & Record<string, unknown>
  minimized = false
  constructor(options: WindowDouble['options']) {
    super()
    this.options = options
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
  isMinimized() {
    return this.minimized
  }
  isDestroyed() {
    return false
  }
}

/** Stands in for Electron: as much of it as the shell uses, with everything it asked for kept to be looked at. */
export function electronDouble({ isFirst = true }: { isFirst?: boolean } = {}) {
  const app = new EventEmitter()
  const ipcMain = new EventEmitter()
  const windows: WindowDouble[] = []
  const kept = {
    windows,
    exits: [] as number[],
    errors: [] as string[],
    paths: {} as Record<string, string>,
    schemes: [] as unknown[],
    menus: [] as unknown[],
    handlers: new Map<string, (request: Request) => Promise<Response>>(),
    request: null as Hearer | null,
    check: null as Hearer | null,
    device: null as Hearer | null,
  }
  const parts = {
    app: Object.assign(app, {
      whenReady: async () => {},
      requestSingleInstanceLock: () => isFirst,
      setPath: (name: string, path: string) => {
        kept.paths[name] = path
      },
      exit: (code = 0) => void kept.exits.push(code),
    }),
    BrowserWindow: class extends WindowDouble {
      constructor(options: WindowDouble['options']) {
        super(options)
        windows.push(this)
        app.emit('web-contents-created', {}, this.webContents)
      }
    },
    dialog: { showErrorBox: (_: string, text: string) => void kept.errors.push(text) },
    ipcMain,
    Menu: {
      setApplicationMenu: (menu: unknown) => void kept.menus.push(menu),
      buildFromTemplate: (template: unknown) => template,
    },
    protocol: {
      registerSchemesAsPrivileged: (schemes: unknown[]) => void kept.schemes.push(...schemes),
      handle: (scheme: string, handler: (request: Request) => Promise<Response>) => void kept.handlers.set(scheme, handler),
    },
    session: {
      defaultSession: {
        setPermissionRequestHandler: (handler: Hearer) => {
          kept.request = handler
        },
        setPermissionCheckHandler: (handler: Hearer) => {
          kept.check = handler
        },
        setDevicePermissionHandler: (handler: Hearer) => {
          kept.device = handler
        },
      },
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
  return { electron: parts as unknown as ElectronParts, app, ipcMain, connect, ...kept, kept }
}
