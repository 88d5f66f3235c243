// Signs the manifest of a release, so that installed copies believe it:
//   node scripts/sign-update.mjs --make-key NAME --out KEY.pem    once; adds the public half to resources/update-keys.json
//   node scripts/sign-update.mjs --dir dist --key KEY.pem --name NAME --platform linux [--channel latest] [--minimum 0.1.0]
//                                [--percent 100] [--notes FILE]
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { parse } from 'yaml'
import { project } from './run.mjs'

const KEYS = join(project, 'resources', 'update-keys.json')
/** Names that electron-builder gives the list of a channel. */
const LIST = { linux: '-linux.yml', darwin: '-mac.yml', win32: '.yml' }

/** The signed envelope of a manifest: the text as it was signed, so that nobody has to write it anew before checking it. */
export function signManifest(manifest, { name, key }) {
  const signed = JSON.stringify(manifest)
  const signature = sign(null, Buffer.from(signed, 'utf8'), key).toString('base64')
  return `${JSON.stringify({ key: name, signed, signature })}\n`
}

/** The manifest of what electron-builder put into a folder; the sizes are those of the files themselves. */
export function manifestOf(folder, { platform, channel, minimum, percent, notes, date }) {
  const { version, files } = parse(readFileSync(join(folder, `${channel}${LIST[platform]}`), 'utf8'))
  const listed = files.map(({ url, sha512, size }) => ({ name: url, size, sha512 }))
  return { product: 'contango', version, channel, platform, date, minimum, percent, notes, files: listed }
}

function makeKey(name, out) {
  if (existsSync(out)) throw new Error(`${out} is there already; a key is never overwritten`)
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const { keys } = JSON.parse(readFileSync(KEYS, 'utf8'))
  if (keys[name]) throw new Error(`a key named ${name} is known already; choose another name, so that old releases stay readable`)
  writeFileSync(out, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  keys[name] = publicKey.export({ type: 'spki', format: 'pem' })
  writeFileSync(KEYS, `${JSON.stringify({ keys }, null, 2)}\n`)
  console.log(`${name}: keep ${out} off this machine; commit resources/update-keys.json`)
}

function main() {
  const text = { type: 'string' }
  const names = ['make-key', 'out', 'dir', 'key', 'name', 'platform', 'channel', 'minimum', 'percent', 'notes']
  const { values } = parseArgs({ options: Object.fromEntries(names.map(name => [name, text])) })
  if (values['make-key']) return makeKey(values['make-key'], values.out ?? 'update-key.pem')
  const { dir = 'dist', channel = 'latest', platform, name, minimum = '0.1.0', percent = '100' } = values
  if (!(platform in LIST) || !name || !values.key) throw new Error('--platform linux|darwin|win32, --name and --key are needed')
  const notes = values.notes ? readFileSync(values.notes, 'utf8') : ''
  const details = { platform, channel, minimum, notes, percent: Number(percent), date: new Date().toISOString() }
  const manifest = manifestOf(dir, details)
  const file = join(dir, `contango-${channel}-${platform}.json`)
  writeFileSync(file, signManifest(manifest, { name, key: createPrivateKey(readFileSync(values.key, 'utf8')) }))
  console.log(`signed ${manifest.version} for ${platform}, ${manifest.files.length} files: ${file}`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    main()
  } catch (fault) {
    console.error(fault.message)
    process.exitCode = 1
  }
}
