import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import type { BuiltShell, Plant } from './built-shell.ts'

/** One item of Electron's security checklist: what is wrong with a running shell, and the hole that must be noticed. */
export interface ChecklistItem {
  readonly number: number
  readonly title: string
  /** Sentences about what does not hold; none where it does. */
  check(shell: BuiltShell): Promise<readonly string[]>
  /** What is changed in the built shell so that the check has something to find. */
  readonly plants: readonly Plant[]
}

const PAGE = resolve(import.meta.dirname, '../../build/page')
const preferences = ({ window }: BuiltShell) => window.options.webPreferences
const expected = (holds: boolean, sentence: string) => (holds ? [] : [sentence])
const rest = (milliseconds: number) => new Promise(done => setTimeout(done, milliseconds))

function preference(number: number, title: string, name: string, safe: unknown, hole: Plant): ChecklistItem {
  return {
    ...{ number, title, plants: [hole] },
    check: async shell => expected(preferences(shell)[name] === safe, `${name} is ${preferences(shell)[name]}`),
  }
}

/** Texts of the built page that a webview could hide in. */
function pageTexts(): string[] {
  return readdirSync(PAGE, { recursive: true, encoding: 'utf8' })
    .filter(name => /\.(html|js)$/.test(name))
    .map(name => readFileSync(join(PAGE, name), 'utf8'))
}

/** Whether a port that came this way reaches the host: the host starts a port that it serves, and closes one that it refuses. */
async function isServed({ double }: BuiltShell, from: { sender?: unknown; senderFrame?: unknown }): Promise<boolean> {
  const { port1, port2 } = new MessageChannel()
  let closed = false
  port1.on('close', () => {
    closed = true
  })
  const contents = double.windows[0]!.webContents
  double.ipcMain.emit('desk:connect', { ports: [port2], sender: contents, senderFrame: contents.mainFrame, ...from })
  await rest(150)
  port1.close()
  return !closed
}

/** All twenty, in the order of Electron's documentation. */
export const CHECKLIST: readonly ChecklistItem[] = [
  {
    number: 1,
    title: 'only secure content is loaded',
    plants: [{ from: `"img-src 'self' data: blob:"`, to: `"img-src *"` }],
    async check({ window }) {
      window.strayed.length = 0
      await window.page.evaluate(() => {
        new Image().src = 'http://insecure.example/picture.png'
      })
      await rest(300)
      const found = expected(window.page.url().startsWith('https://contango.desk.invalid/'), 'the page came from elsewhere')
      return [...found, ...window.strayed.map(url => `${url} was asked for`)]
    },
  },
  {
    number: 2,
    title: 'no page has Node',
    plants: [{ from: 'nodeIntegration: false', to: 'nodeIntegration: true' }],
    async check(shell) {
      const seen = await shell.window.page.evaluate(() => ['require', 'process'].filter(name => name in globalThis))
      const { nodeIntegrationInWorker, nodeIntegrationInSubFrames } = preferences(shell)
      const elsewhere = expected(
        nodeIntegrationInWorker === false && nodeIntegrationInSubFrames === false,
        'workers or frames have Node',
      )
      return [...seen.map(name => `the page has ${name}`), ...elsewhere]
    },
  },
  {
    number: 3,
    title: 'the preload script lives in a context of its own',
    plants: [{ from: 'contextIsolation: true', to: 'contextIsolation: false' }],
    async check(shell) {
      const isShared = await shell.window.page.evaluate(() => '__fromShell' in globalThis)
      return [
        ...expected(!isShared, 'the page sees what the preload script sees'),
        ...expected(preferences(shell).contextIsolation === true, 'contextIsolation is off'),
      ]
    },
  },
  preference(4, 'the page runs in the sandbox', 'sandbox', true, { from: 'sandbox: true', to: 'sandbox: false' }),
  {
    number: 5,
    title: 'requests for permissions are answered, with no',
    plants: [{ from: 'permission === GRANTED &&', to: 'permission !== "" &&' }],
    async check({ window, double }) {
      const names = ['geolocation', 'notifications', 'camera', 'microphone', 'midi', 'clipboard-read']
      const states = await window.page.evaluate(
        all => Promise.all(all.map(async name => [name, (await navigator.permissions.query({ name: name as never })).state])),
        names,
      )
      const granted = states.filter(([, state]) => state === 'granted').map(([name]) => `${name} is granted`)
      let answered: boolean | null = null
      const answer = (given: boolean) => {
        answered = given
      }
      double.kept.request?.(window.webContents as never, 'media' as never, answer as never)
      return [...granted, ...expected(answered === false, 'a request for the camera was not refused')]
    },
  },
  preference(6, 'the same-origin policy is on', 'webSecurity', true, { from: 'webSecurity: true', to: 'webSecurity: false' }),
  {
    number: 7,
    title: 'a content policy holds',
    plants: [{ from: `"script-src 'self'"`, to: `"script-src 'self' 'unsafe-inline' 'unsafe-eval'"` }],
    async check({ window }) {
      const ran = await window.page.evaluate(() => {
        const script = document.createElement('script')
        script.textContent = 'globalThis.inlineRan = true'
        document.head.append(script)
        script.remove()
        // A property of window, so that a compiler of this test does not take it for a call of its own.
        const frame = document.createElement('iframe')
        frame.src = 'https://evil.example/'
        document.body.append(frame)
        frame.remove()
        return 'inlineRan' in globalThis
      })
      window.faults.length = 0
      return expected(!ran, 'an inline script ran')
    },
  },
  preference(8, 'insecure content in secure pages stays out', 'allowRunningInsecureContent', false, {
    from: 'allowRunningInsecureContent: false',
    to: 'allowRunningInsecureContent: true',
  }),
  preference(9, 'experimental features are off', 'experimentalFeatures', false, {
    from: 'experimentalFeatures: false',
    to: 'experimentalFeatures: true',
  }),
  preference(10, 'no Blink feature is switched on by name', 'enableBlinkFeatures', undefined, {
    from: 'spellcheck: false',
    to: 'spellcheck: false, enableBlinkFeatures: "ExecCommandInJavaScript"',
  }),
  {
    number: 11,
    title: 'no webview can open windows: there are none',
    plants: [{ from: 'webviewTag: false', to: 'webviewTag: true' }],
    async check(shell) {
      const used = pageTexts().filter(text => /<webview|allowpopups/i.test(text))
      return [
        ...expected(preferences(shell).webviewTag === false, 'webviews are on'),
        ...used.map(() => 'the page holds a webview'),
      ]
    },
  },
  {
    number: 12,
    title: 'a webview that is made all the same is refused before it attaches',
    plants: [{ from: '"will-attach-webview"', to: '"did-attach-webview"' }],
    check: async ({ window }) => expected(window.webContents.isPrevented('will-attach-webview'), 'a webview may attach'),
  },
  {
    number: 14,
    title: 'a page opens no windows',
    plants: [{ from: 'return { action: "deny" }', to: 'return { action: "allow" }' }],
    async check({ window }) {
      await window.page.evaluate(() => void globalThis.open('app://contango/'))
      await window.page.evaluate(() => void globalThis.open('about:blank'))
      await rest(300)
      return expected(window.openPopups() === 0, `${window.openPopups()} windows are open`)
    },
  },
  {
    number: 15,
    title: 'the system opens no address that a page made up',
    plants: [{ from: 'ALLOWED.some((allowed) => new URL(allowed).origin === url.origin)', to: 'ALLOWED.length > 0' }],
    async check({ window, double: { kept } }) {
      kept.outside.length = 0
      kept.answers.length = 0
      // Even a person who agrees to everything opens nothing but the sites of the list.
      kept.answers.push(...Array<number>(8).fill(0))
      for (const url of ['https://evil.example/', 'file:///etc/passwd', 'smb://evil.example/x', 'ms-msdt:/id'])
        await window.page.evaluate(to => void globalThis.open(to), url)
      await rest(300)
      kept.answers.length = 0
      return kept.outside.map(url => `${url} was handed to the system`)
    },
  },
  {
    number: 17,
    title: 'every message of a page is asked where it comes from',
    plants: [{ from: 'senderFrame === sender.mainFrame && senderFrame?.url.startsWith("app://contango/")', to: 'true' }],
    async check(shell) {
      const frame = await isServed(shell, { senderFrame: { url: 'app://contango/' } })
      const gone = await isServed(shell, { senderFrame: null })
      const stranger = await isServed(shell, { sender: { mainFrame: null } })
      return [
        ...expected(!frame, 'a frame inside the page got a port'),
        ...expected(!gone, 'a frame that is gone got a port'),
        ...expected(!stranger, 'a stranger got a port'),
      ]
    },
  },
  {
    number: 18,
    title: 'the page has a scheme of its own, without privileges beyond an origin, and no file',
    plants: [{ from: 'supportFetchAPI: true', to: 'supportFetchAPI: true, bypassCSP: true' }],
    async check({ double: { kept } }) {
      const load = async (url: string) => (await kept.handlers.get('app')!(new Request(url))).status
      const outside = ['app://contango/../../package.json', 'app://contango/%2e%2e/main/electron.js', 'app://etc/passwd']
      const statuses = await Promise.all(outside.map(load))
      const schemes = JSON.stringify(kept.schemes)
      return [
        ...expected(
          schemes === '[{"scheme":"app","privileges":{"standard":true,"secure":true,"supportFetchAPI":true}}]',
          `the scheme has ${schemes}`,
        ),
        ...expected([...kept.handlers.keys()].join() === 'app', 'another scheme is served'),
        ...statuses.flatMap((status, at) => expected(status === 404, `${outside[at]} was served`)),
      ]
    },
  },
  {
    number: 20,
    title: 'no part of Electron is exposed to the page',
    // The preload script is changed where its place is named: see the test.
    plants: [],
    async check({ window }) {
      const names = await window.page.evaluate(() => Object.getOwnPropertyNames(globalThis))
      return names.filter(name => /electron|ipc|shell|bridge/i.test(name)).map(name => `the page sees ${name}`)
    },
  },
  {
    // Last, since a shell with this hole has no page any more.
    number: 13,
    title: 'a page goes nowhere',
    plants: [{ from: 'contents.on(event, (happening) => happening.preventDefault())', to: 'contents.on(event, () => {})' }],
    async check({ window }) {
      const others = ['will-redirect', 'will-frame-navigate'].filter(event => !window.webContents.isPrevented(event))
      await window.page.evaluate(() => {
        location.href = 'https://evil.example/'
      })
      await rest(400)
      const { hostname } = new URL(window.page.url())
      return [
        ...others.map(event => `${event} is let through`),
        ...expected(hostname !== 'evil.example', 'the page went to evil.example'),
      ]
    },
  },
]
