// Builds and packs: npm run package -- [--dir] [--linux|--mac|--win] …; --stub packs around an empty Electron, to look at what is packed.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeLegal } from './legal.mjs'
import { binary, node } from './run.mjs'

/** By this @electron/fuses finds the fuses in the program; version 1, as many as Electron 45 has, all as it ships them. */
const FUSES = Buffer.concat([Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'), Buffer.from([1, 9]), Buffer.from('101100101')])

/** The least that electron-builder takes for a distribution of Electron: a program with fuses, and the notices. */
function stubElectron() {
  const folder = mkdtempSync(join(tmpdir(), 'contango-electron-'))
  mkdirSync(join(folder, 'resources'))
  writeFileSync(join(folder, 'electron'), Buffer.concat([Buffer.alloc(4096), FUSES, Buffer.alloc(4096)]), { mode: 0o755 })
  for (const name of ['version', 'LICENSE', 'LICENSES.chromium.html']) writeFileSync(join(folder, name), '45.4.1')
  return folder
}

const words = process.argv.slice(2)
const stub = words.includes('--stub') ? stubElectron() : null
const rest = words.filter(word => word !== '--stub')
const built = await node(['scripts/build.mjs'])
if (built !== 0) process.exit(built)
console.log(`${writeLegal()} packages listed in build/legal`)
const more = stub ? [`-c.electronDist=${stub}`, '--linux', '--dir'] : []
// Publishing is a step of its own, after the manifest was signed.
process.exitCode = await node([binary('electron-builder'), '--publish', 'never', ...more, ...rest])
if (stub) rmSync(stub, { recursive: true, force: true })
