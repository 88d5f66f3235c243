import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const project = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const OLDEST = [22, 13]

const isOldEnough = version => {
  const [major, minor] = version.split('.').map(Number)
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
}

/** The Node that the project brings for this system as a package, null where there is none (macOS). */
function ownNode() {
  const system = process.platform === 'win32' ? 'win' : process.platform
  const file = join(
    project,
    'node_modules',
    `node-${system}-${process.arch}`,
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  )
  return existsSync(file) ? file : null
}

/**
 * The Node that can run Contango: this one, else the one that the project brings.
 *
 * Ends the process with one sentence where there is neither.
 */
export function fittingNode() {
  if (isOldEnough(process.versions.node)) return process.execPath
  const own = ownNode()
  if (own) return own
  console.error(
    `Contango needs Node ${OLDEST.join('.')} or newer, and this is ${process.versions.node}. Run npm ci first, or install a newer Node.`,
  )
  process.exit(1)
}
