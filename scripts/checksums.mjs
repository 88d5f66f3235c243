// Writes SHA256SUMS of the installers in a folder: node scripts/checksums.mjs dist
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [folder = 'dist'] = process.argv.slice(2)
const lines = readdirSync(folder)
  .filter(name => /\.(AppImage|deb|exe|dmg|zip)$/.test(name))
  .sort()
  .map(
    name =>
      `${createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex')}  ${name}`,
  )
if (lines.length === 0) throw new Error(`${folder} holds no installer`)
writeFileSync(join(folder, 'SHA256SUMS'), `${lines.join('\n')}\n`)
console.log(lines.join('\n'))
