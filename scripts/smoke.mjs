// Opens the built workstation in the real Electron and looks at it: what only the real one can prove (docs/desktop.md).
//   node scripts/smoke.mjs                    the build in this folder, driven from inside
//   node scripts/smoke.mjs --packaged FILE    a packed program, whose fuses let nobody drive it: looked at through its host
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron } from 'playwright-core'
import { project } from './run.mjs'

const folder = mkdtempSync(join(tmpdir(), 'contango-smoke-'))
// A runner of the workflow has no helper with the rights that Chromium's sandbox wants of a program in a plain folder.
const sandbox = process.platform === 'linux' ? ['--no-sandbox'] : []
const words = ['--demo', '--data', folder]
const PATIENCE_MS = 60_000
let passed = 0

async function step(name, run) {
  const started = performance.now()
  await run()
  passed++
  console.log(`ok  ${name} (${Math.round(performance.now() - started)} ms)`)
}

async function until(what, test) {
  const end = Date.now() + PATIENCE_MS
  for (;;) {
    const found = await test()
    if (found) return found
    if (Date.now() > end) throw new Error(`${what} did not come about within ${PATIENCE_MS / 1000} s`)
    await new Promise(done => setTimeout(done, 200))
  }
}

/** What the host says of itself, over its door on this machine. */
function wayIn() {
  const file = join(folder, 'host.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null
}

const launch = () => _electron.launch({ args: [...sandbox, project, ...words] })
const boundsOf = app => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].getNormalBounds())

async function smokeBuild() {
  let app = await launch()
  const faults = []
  let page
  await step('the window opens with live panels', async () => {
    page = await app.firstWindow()
    page.on('pageerror', fault => faults.push(fault.message))
    await page.waitForSelector('canvas', { timeout: PATIENCE_MS })
    await page.getByText('DEMO').first().waitFor({ timeout: PATIENCE_MS })
    const cells = page.locator('[data-panel="watchlist"] [role="gridcell"]:nth-child(2)')
    const first = await until('a price', async () => (await cells.allInnerTexts()).join())
    await until('another price', async () => (await cells.allInnerTexts()).join() !== first)
  })
  await step('the page has neither Node nor the preload script', async () => {
    for (const name of ['require', 'process', 'electron', 'ipcRenderer'])
      assert.equal(await page.evaluate(word => typeof globalThis[word], name), 'undefined', name)
    assert.equal(await page.evaluate(() => location.origin), 'app://contango')
  })
  await step('Chromium runs it in the sandbox, with the preferences that were asked for', async () => {
    const found = await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].webContents.getLastWebPreferences())
    for (const [name, value] of Object.entries({ sandbox: true, contextIsolation: true, nodeIntegration: false }))
      assert.equal(found[name], value, name)
  })
  await step('the data process is a utility process', async () => {
    const kinds = await app.evaluate(({ app: electron }) =>
      electron.getAppMetrics().map(({ type, name }) => `${type} ${name ?? ''}`),
    )
    assert.ok(
      kinds.some(kind => kind.startsWith('Utility') && kind.includes('Contango data')),
      kinds.join(', '),
    )
  })
  await step('navigation and new windows are refused', async () => {
    await page.evaluate(() => {
      globalThis.open('https://example.com/')
      location.href = 'https://example.com/'
    })
    await new Promise(done => setTimeout(done, 1000))
    assert.ok(page.url().startsWith('app://contango/'), page.url())
    assert.equal(app.windows().length, 1)
  })
  await step('a link from a second start arrives in the first, which then ends', async () => {
    const { default: electron } = await import('electron')
    const second = spawnSync(electron, [...sandbox, project, ...words, '--', 'contango://open?panel=log'], {
      timeout: PATIENCE_MS,
    })
    assert.equal(second.status, 0)
    await page.locator('[data-panel="log"]').waitFor({ timeout: PATIENCE_MS })
  })
  await step('a window comes back where it was', async () => {
    await app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0].setBounds({ x: 60, y: 70, width: 1000, height: 700 }),
    )
    const before = await boundsOf(app)
    await new Promise(done => setTimeout(done, 1500))
    await app.close()
    await until('the end of the host', () => wayIn() === null)
    app = await launch()
    await (await app.firstWindow()).waitForSelector('canvas', { timeout: PATIENCE_MS })
    assert.deepEqual(await boundsOf(app), before)
  })
  await app.close()
  assert.deepEqual(faults, [])
}

async function smokePackage(file) {
  await step('the program is no Node for whoever starts it', () => {
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' }
    const { stdout } = spawnSync(file, [...sandbox, '-e', 'console.log("node " + 6 * 7)', '--data', folder], {
      env,
      timeout: 10_000,
    })
    assert.ok(!String(stdout).includes('node 42'))
  })
  await step('it refuses to be debugged from outside', () => {
    const { status } = spawnSync(file, [...sandbox, ...words, '--remote-debugging-port=9333'], { timeout: PATIENCE_MS })
    assert.notEqual(status, 0)
  })
  const child = spawn(file, [...sandbox, ...words], { stdio: 'inherit' })
  try {
    await step('it opens, and its host answers', async () => {
      const { port, token } = await until('host.json', wayIn)
      const headers = { authorization: `Bearer ${token}` }
      const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`, { headers })).text()
      assert.match(metrics, /feed_messages_total/)
      await until('a page over the port', async () => {
        const text = await (await fetch(`http://127.0.0.1:${port}/metrics`, { headers })).text()
        return /page_connections [1-9]/.test(text)
      })
    })
  } finally {
    child.kill()
  }
}

const packaged = process.argv.indexOf('--packaged')
try {
  if (packaged < 0) await smokeBuild()
  else await smokePackage(process.argv[packaged + 1])
  console.log(`${passed} passed, 0 failed`)
} catch (fault) {
  console.error(fault)
  console.log(`${passed} passed, 1 failed`)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 })
}
