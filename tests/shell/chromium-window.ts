import { readFileSync } from 'node:fs'
import type { BrowserContext, CDPSession, Page, Route } from 'playwright-core'
import { openBrowser } from '../e2e/browser.ts'
import { PortDouble, preloadSource } from './chromium-port.ts'
import { type Around, ContentsDouble, WindowDouble, type WindowOptions } from './electron-double.ts'

/** The page's own scheme has no meaning to a plain Chromium, so it is shown under this name; nothing is ever sent to it. */
const OUTER = 'https://contango.desk.invalid/'
const INNER = 'app://contango/'
const outer = (url: string) => (url.startsWith(INNER) ? OUTER + url.slice(INNER.length) : url)
const inner = (url: string) => (url.startsWith(OUTER) ? INNER + url.slice(OUTER.length) : url)
/** As Electron 45 calls itself; the page tells by it where it is. */
const NAME =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) contango/0.1.0 Chrome/150.0.7871.46 Electron/45.4.1 Safari/537.36'
const WORLD = 'Electron Isolated Context'

/** Chromium's names for permissions that a page can ask for, with Electron's for the handler. */
const PERMISSIONS = {
  geolocation: 'geolocation',
  notifications: 'notifications',
  'clipboard-read': 'clipboard-read',
  'clipboard-write': 'clipboard-sanitized-write',
  camera: 'media',
  microphone: 'media',
  midi: 'midi',
} as const

/** The contents of a window that really shows its page, in a Chromium of its own. */
class ChromiumContents extends ContentsDouble {
  page: Page | null = null
  session: CDPSession | null = null
  override reload() {
    super.reload()
    this.emit('double:reload')
  }
}

/**
 * A BrowserWindow whose page is real: the built page through the shell's own protocol handler, the built preload script in a world
 * of its own, ports that carry messages, navigations and new windows that happen unless the shell prevents them.
 */
export class ChromiumWindow extends WindowDouble {
  override readonly webContents: ChromiumContents = new ChromiumContents()
  /** Requests that left for another host than the page's own. */
  readonly strayed: string[] = []
  readonly faults: string[] = []
  readonly #around: Around
  readonly #ports = new Map<number, PortDouble>()
  #expected = ''
  #reloading: Promise<void> = Promise.resolve()

  constructor(options: WindowOptions, around: Around) {
    super(options)
    this.#around = around
    this.webContents.on('double:reload', () => this.#again())
  }

  /** The page as Playwright drives it. */
  get page(): Page {
    if (!this.webContents.page) throw new Error('the window has loaded nothing yet')
    return this.webContents.page
  }

  override async loadURL(url: string) {
    await this.#load(this.webContents.page ?? (await this.#open()), url)
  }

  async #load(page: Page, url: string) {
    this.#expected = outer(url)
    await page.goto(outer(url), { waitUntil: 'load' })
    this.emit('ready-to-show')
  }

  async close() {
    this.destroyed = true
    await this.#reloading
    const shared = browsers.get(this.#around)
    if (!shared) return
    shared.windows.delete(this)
    // The windows of one application share a session, and so a browser here; the last one ends it.
    if (shared.windows.size > 0) return void (await this.webContents.page?.close())
    browsers.delete(this.#around)
    await (await shared.browser).close()
  }

  /** One reload after the other; the page before is there until the new one is. */
  #again() {
    this.#reloading = this.#reloading.then(async () => {
      const old = this.webContents.page
      await this.#load(await this.#open(), INNER)
      await old?.close().catch(() => undefined)
    })
  }

  async #open(): Promise<Page> {
    const { width, height } = this.bounds
    const { webSecurity } = this.options.webPreferences
    const shared = browsers.get(this.#around) ?? {
      windows: new Set<ChromiumWindow>(),
      opening: 0,
      browser: openBrowser(
        { width, height },
        { userAgent: NAME, flags: webSecurity === false ? ['--disable-web-security'] : [] },
      ),
    }
    browsers.set(this.#around, shared)
    shared.windows.add(this)
    const { context } = await shared.browser
    shared.opening++
    // A browser starts with an empty page; any other empty one is a popup that is about to be refused.
    const blank = shared.windows.size === 1 ? context.pages().find(one => one.url() === 'about:blank') : undefined
    const page = (blank === this.webContents.page ? undefined : blank) ?? (await context.newPage())
    if (shared.windows.size > 1) await page.setViewportSize({ width, height })
    shared.opening--
    this.webContents.page = page
    await this.#inhabit(page, context)
    return page
  }

  async #inhabit(page: Page, context: BrowserContext) {
    const { webContents } = this
    Object.defineProperty(webContents.mainFrame, 'url', { get: () => inner(page.url()), configurable: true })
    page.on('console', message => message.type() === 'error' && this.faults.push(message.text()))
    page.on('pageerror', fault => this.faults.push(fault.message))
    page.on('crash', () => {
      this.#hangUp()
      webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 139 })
    })
    await page.route('**/*', route => this.#serve(route))
    context.on('page', popup => void this.#opened(popup, page))
    const session = await context.newCDPSession(page)
    webContents.session = session
    await session.send('Page.enable')
    await session.send('Runtime.enable')
    session.on('Page.windowOpen', ({ url }) =>
      this.#asked.push(webContents.openHandler?.({ url: inner(url) })?.action ?? 'allow'),
    )
    await this.#preload(session)
    await this.#permit(context)
  }

  readonly #asked: string[] = []
  async #opened(popup: Page, page: Page) {
    if (popup === page || popup === this.webContents.page) return
    // Another window of the application is nobody's popup, and a popup is its opener's.
    const shared = browsers.get(this.#around)
    const isOfAnother = shared === undefined || shared.opening > 0 || isShown(shared.windows, popup)
    const opener = await popup.opener()
    if (opener === null ? isOfAnother : opener !== page) return
    // One that was denied is never there in Electron; here it is for a moment.
    if (this.#asked.shift() !== 'allow') return void popup.close().catch(() => undefined)
    this.#popups.add(popup)
    popup.on('close', () => this.#popups.delete(popup))
  }
  readonly #popups = new Set<Page>()
  /** Windows that the page opened and that are still there. */
  openPopups() {
    return this.#popups.size
  }
  /** Ends the page's process, as a fault in it would. */
  async crash() {
    await this.webContents.session?.send('Page.crash').catch(() => undefined)
  }

  async #preload(session: CDPSession) {
    const { preload, contextIsolation, nodeIntegration } = this.options.webPreferences
    const isolated = contextIsolation === false ? {} : { worldName: WORLD }
    let world = 0
    session.on('Runtime.executionContextCreated', ({ context }) => {
      if (context.name === (contextIsolation === false ? '' : WORLD)) world = context.id
    })
    session.on('Runtime.executionContextsCleared', () => this.#hangUp())
    session.on('Runtime.bindingCalled', ({ name, payload }) => {
      if (name === '__toShell')
        this.#hear(JSON.parse(payload), (call, ...words) => {
          const expression = `__fromShell.${call}(${words.map(word => JSON.stringify(word)).join(',')})`
          session.send('Runtime.evaluate', { expression, contextId: world }).catch(() => undefined)
        })
    })
    const place = contextIsolation === false ? {} : { executionContextName: WORLD }
    await session.send('Runtime.addBinding', { name: '__toShell', ...place })
    const script = preloadSource(readFileSync(String(preload), 'utf8'))
    await session.send('Page.addScriptToEvaluateOnNewDocument', { source: script, ...isolated })
    // With Node in the page, the page has these two.
    if (nodeIntegration === true)
      await session.send('Page.addScriptToEvaluateOnNewDocument', { source: 'window.require = () => ({}); window.process = {}' })
  }

  #hear(message: { kind: string; id: number; text: string; channel: string; message: unknown; ports: number[] }, call: Call) {
    const { webContents } = this
    if (message.kind === 'port') return this.#ports.get(message.id)?.received(message.text)
    if (message.kind === 'closed') return this.#ports.get(message.id)?.ended()
    const ports = message.ports.map(id => {
      const port = new PortDouble(
        text => call('deliver', id, text),
        () => call('hangUp', id),
      )
      this.#ports.set(id, port)
      return port
    })
    const event = { ports, sender: webContents, senderFrame: webContents.mainFrame }
    this.#around.ipcMain.emit(message.channel, event, message.message)
  }

  #hangUp() {
    for (const port of this.#ports.values()) port.ended()
    this.#ports.clear()
  }

  async #permit(context: BrowserContext) {
    const granted = Object.entries(PERMISSIONS).flatMap(([name, asked]) =>
      this.#around.isGranted(this.webContents, asked) ? [name] : [],
    )
    await context.grantPermissions(granted, { origin: OUTER })
  }

  async #serve(route: Route) {
    const request = route.request()
    const url = request.url()
    const isPage = url.startsWith(OUTER)
    if (request.isNavigationRequest() && url !== this.#expected && request.frame().page() === this.webContents.page) {
      if (this.#isPrevented('will-navigate', inner(url))) return route.abort('aborted')
      if (!isPage) return route.fulfill({ contentType: 'text/html', body: '<title>elsewhere</title><h1>elsewhere</h1>' })
    }
    if (!isPage) {
      this.strayed.push(url)
      return route.abort('blockedbyclient')
    }
    const answer = await this.#around.handlers.get('app')!(new Request(inner(url)))
    return route.fulfill({
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: Buffer.from(await answer.arrayBuffer()),
    })
  }

  #isPrevented(event: string, url: string): boolean {
    let prevented = false
    this.webContents.emit(event, {
      url,
      preventDefault: () => {
        prevented = true
      },
    })
    return prevented
  }
}

/** The browser that the windows of one application share. */
const browsers = new WeakMap<
  Around,
  {
    readonly windows: Set<ChromiumWindow>
    opening: number
    readonly browser: Promise<{ context: BrowserContext; close(): Promise<void> }>
  }
>()

function isShown(windows: Iterable<ChromiumWindow>, page: Page): boolean {
  return [...windows].some(({ webContents }) => webContents.page === page)
}

type Call = (call: 'deliver' | 'hangUp', ...words: (string | number)[]) => void
