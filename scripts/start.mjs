// Opens the workstation: npm start -- [--browser] [--port N] [--data DIR] [--demo] [--no-open]
import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { findAppBrowser, hasDisplay, openAppWindow, openDefaultBrowser } from './browsers.mjs'
import { isStale } from './build.mjs'
import { findElectron } from './desktop.mjs'
import { fittingNode, project } from './installation.mjs'

const HELP = `npm start -- [flags]
  --browser    the page in a browser window, even where Electron is there
  --no-open    print the address and open nothing
  --once       do not start again by itself after a crash
  --port N     the port to listen on; any free one without it
  --data DIR   the workspace folder; your user-data folder without it
  --demo       only the demo market
  --rest       the REST interface on, for this run
Every other setting can be given the same way, as --theme light or --time-zone UTC.`

/** The host has two seconds to close; a little more, and it is ended. */
const CLOSE_MS = 3000
/** A window that is gone so soon did not open. */
const TOO_SOON_MS = 3000

/** A host that crashes again and again is left alone: so many fresh starts, in so long. */
const REVIVALS = 3
const REVIVAL_MS = 60_000

const isOwn = word => word === '--browser' || word === '--no-open' || word === '--once'

/** Passes an ending on to a child, and ends with it; unless another child takes its place. */
function liveWith(first, { onEnd = () => {}, revive = () => null } = {}) {
  let asked = false
  let child = first
  const end = () => {
    if (asked) return
    asked = true
    // A host closes in peace when its channel ends, on Windows too, where a signal would cut it off.
    if (child.connected) child.disconnect()
    else child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), CLOSE_MS).unref()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end)
  const watch = () =>
    child.on('exit', async (code, signal) => {
      // What it said last may still be on its way.
      if (child.connected) await new Promise(done => child.once('disconnect', done))
      const next = asked || code === 0 || signal === 'SIGTERM' ? null : revive(signal ?? `code ${code}`)
      if (next) {
        child = next
        return watch()
      }
      await onEnd()
      process.exit(asked || signal === 'SIGTERM' ? 0 : (code ?? 1))
    })
  watch()
  return end
}

/** This very script under a Node that can run it. */
function startAgain(node, args) {
  liveWith(spawn(node, [join(project, 'scripts', 'start.mjs'), ...args], { stdio: 'inherit' }))
}

function startDesktop(electron, args) {
  // Chromium refuses to run as root with its sandbox; that is a container.
  const asRoot = process.getuid?.() === 0 ? { ELECTRON_DISABLE_SANDBOX: '1' } : {}
  liveWith(
    spawn(electron, [project, ...args.filter(word => !isOwn(word))], { stdio: 'inherit', env: { ...process.env, ...asRoot } }),
  )
}

function startHeadless(given) {
  const entry = join(project, 'build', 'host', 'headless.mjs')
  const args = given.filter(word => !isOwn(word))
  const spawnHost = (more, env) =>
    spawn(process.execPath, ['--disable-warning=ExperimentalWarning', entry, ...args, ...more], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, ...env },
    })
  const child = spawnHost([], {})
  let window = null
  let address = null
  const starts = []
  /** The same port and token, so that the page that is open finds its way back by itself. */
  const revive = why => {
    const now = Date.now()
    starts.push(now)
    if (given.includes('--once') || !address || starts.filter(at => now - at < REVIVAL_MS).length > REVIVALS) return null
    console.error(`Contango ended by itself (${why}). It is started again.`)
    const { port, hash } = new URL(address)
    const token = new URLSearchParams(hash.slice(1)).get('token')
    return spawnHost(args.includes('--port') ? [] : ['--port', port], { CONTANGO_LAUNCH_TOKEN: token })
  }
  const end = liveWith(child, { onEnd: () => window?.close(), revive })
  child.on('message', ({ kind, url }) => {
    if (kind === 'open') address = url
    if (given.includes('--no-open') || !hasDisplay()) return
    const browser = findAppBrowser()
    if (!browser) return openDefaultBrowser(url)
    const opened = Date.now()
    window = openAppWindow(browser, url, code => {
      window = null
      if (Date.now() - opened < TOO_SOON_MS && code !== 0)
        console.error('The window could not be opened. Open the address above in a browser.')
      else if (kind === 'open') end()
    })
  })
}

/** In a process of its own, since what the builders load would stay in memory as long as the workstation is open. */
function build() {
  if (!isStale()) return
  const made = spawnSync(process.execPath, [join(project, 'scripts', 'build.mjs')], { stdio: ['ignore', 'ignore', 'inherit'] })
  if (made.status !== 0) process.exit(1)
}

async function start(args) {
  if (args.includes('--help')) return console.log(HELP)
  const node = fittingNode()
  if (node !== process.execPath) return startAgain(node, args)
  build()
  if (!args.includes('--browser')) {
    const { file, reason } = hasDisplay() ? await findElectron() : { reason: 'there is no display' }
    if (file) return startDesktop(file, args)
    console.error(`Contango opens in a browser, because ${reason}.`)
  }
  startHeadless(args)
}

start(process.argv.slice(2)).catch(fault => {
  console.error(`Contango cannot start: ${fault.message ?? fault}`)
  process.exit(1)
})
