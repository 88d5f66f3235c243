import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { project } from './installation.mjs'

const PACKAGE = join(project, 'node_modules', 'electron')
const REACH_MS = 4000
const DOWNLOAD_MS = 300_000

const EXECUTABLE = { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' }[process.platform] ?? 'electron'

function installed(env) {
  const folders = [env.ELECTRON_OVERRIDE_DIST_PATH, join(PACKAGE, 'dist')]
  return (
    folders
      .filter(Boolean)
      .map(folder => join(folder, EXECUTABLE))
      .find(existsSync) ?? null
  )
}

/** Whether the place that Electron's own downloader uses answers at all; without this a machine with no network would wait for minutes. */
async function isReachable(env) {
  const mirror = env.ELECTRON_MIRROR ?? env.npm_config_electron_mirror ?? 'https://github.com/electron/electron/releases/'
  try {
    await fetch(mirror, { method: 'HEAD', signal: AbortSignal.timeout(REACH_MS) })
    return true
  } catch {
    return false
  }
}

/**
 * The Electron to run, downloaded by Electron's own installer where it is missing.
 *
 * Gives `{ file }`, or `{ reason }` in words that finish the sentence "Contango opens in a browser, because …".
 */
export async function findElectron(env = process.env) {
  const here = installed(env)
  if (here) return { file: here }
  if (!existsSync(join(PACKAGE, 'install.js'))) return { reason: 'the electron package is not installed' }
  const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'))
  if (!(await isReachable(env)))
    return { reason: `Electron ${version} is not on this machine and its download site cannot be reached` }
  console.error(`Downloading Electron ${version}…`)
  const done = spawnSync(process.execPath, [join(PACKAGE, 'install.js')], { stdio: 'ignore', timeout: DOWNLOAD_MS, env })
  const file = installed(env)
  return file && done.status === 0 ? { file } : { reason: `Electron ${version} could not be downloaded` }
}
