import { describe, expect, test } from 'vitest'

interface Scan {
  scan(files: Readonly<Record<string, string>>): string[]
  builtFiles(): Readonly<Record<string, string>>
}
const { scan, builtFiles } = (await import(new URL('../../scripts/electron-scan.mjs', import.meta.url).href)) as Scan
const files = builtFiles()
const MAIN = 'build/main/electron.js'

/** All planted at once, since reading the whole shell takes its time. */
const HOLES = [
  { from: 'sandbox: true', to: 'sandbox: !0', sentence: 'sandbox must be true, as a plain word' },
  { from: 'webSecurity: true,', to: '', sentence: 'webSecurity is left to its default' },
  { from: 'nodeIntegration: false', to: 'nodeIntegration: true', sentence: 'nodeIntegration must be false' },
  { from: 'spellcheck: false', to: 'enableBlinkFeatures: "X"', sentence: 'enableBlinkFeatures may not be set' },
  { from: 'supportFetchAPI: true', to: 'bypassCSP: true', sentence: 'bypassCSP may not be set' },
  { from: '"will-navigate",', to: '', sentence: 'navigation is not limited' },
  { from: 'setPermissionRequestHandler', to: 'answer', sentence: 'requests for permissions are not answered' },
]

describe('the scan of the built shell', () => {
  test('looks at the shell, the preload script and the page, and finds nothing', () => {
    expect(Object.keys(files)).toEqual(expect.arrayContaining([MAIN, 'build/preload/index.cjs', 'build/page/index.html']))
    expect(scan(files)).toEqual([])
  })

  test('names every hole that is planted in it', () => {
    const holed = HOLES.reduce((text, { from, to }) => {
      expect([from, text.split(from).length]).toEqual([from, 2])
      return text.replace(from, to)
    }, files[MAIN]!)
    const found = scan({ ...files, [MAIN]: holed }).join('\n')
    for (const { sentence } of HOLES) expect(found).toContain(sentence)
  })

  test.each([
    ['contents.executeJavaScript("1")', 'runs text in a page'],
    ['eval("1")', 'eval runs text as program'],
    ['window.loadURL("http://example.com/")', 'loadURL loads what is not the page'],
    ['window.loadURL(`file://`)', 'loadURL loads what is not the page'],
    ['app.commandLine.appendSwitch("disable-web-security")', 'changes what Chromium protects against'],
    ['app.on("certificate-error", () => {})', 'weakens what Chromium does'],
    ['contextBridge.exposeInMainWorld("api", ipcRenderer)', 'functions of the desktop'],
    ['shell.openPath(x)', 'opens files'],
    ['shell.openExternal(a); shell.openExternal(b)', 'in more than one place'],
  ])('a planted line %s is named', (line, sentence) => expect(scan({ [MAIN]: line }).join('\n')).toContain(sentence))

  test.each([
    ['<script>alert(1)</script>', 'a script stands in the page itself'],
    ['<script src="https://cdn.example/x.js"></script>', 'a script comes from elsewhere'],
    ['<webview src="x" allowpopups></webview>', 'it holds a webview'],
    ['<body onload="x()">', 'an event is handled in the page itself'],
  ])('a planted %s in the page is named', (tag, sentence) =>
    expect(scan({ 'build/page/other.html': tag }).join('\n')).toContain(sentence),
  )

  test('a scan that saw no shell says so', () => {
    expect(scan({ [MAIN]: 'export {}' }).join('\n')).toContain('this check saw nothing')
  })
})
