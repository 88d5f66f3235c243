// Writes what a package carries of others' work: build/legal/sbom.cdx.json (CycloneDX) and licences.txt. Fails on a licence that nobody allowed.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { project } from './run.mjs'

/** Licences that ask for no more than their notice, or not even for that, or are for fonts. */
const ALLOWED = new Set([
  ...[
    'MIT',
    'MIT-0',
    'ISC',
    '0BSD',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'Apache-2.0',
    'BlueOak-1.0.0',
    'CC0-1.0',
    'Python-2.0',
    'OFL-1.1',
  ],
])
const NOTICE = /^(licen[cs]e|copying|notice)(\.\w+)?$/i

const read = path => readFileSync(join(project, path), 'utf8')
const filesUnder = (folder, ending) =>
  readdirSync(join(project, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => ending.test(name))
    .map(name => join(folder, name))

/** Whether one of the licences that a package offers is allowed. */
export function isAllowed(expression) {
  const names = String(expression ?? '').replace(/[()]/g, '')
  return names.split(' OR ').some(choice => choice.split(' AND ').every(name => ALLOWED.has(name.trim())))
}

/** Lock-file keys of the packages whose files are in the bundles: their source maps name them. */
function bundled(lock) {
  const keys = new Set()
  for (const map of filesUnder('build', /\.(js|mjs|cjs)\.map$/)) {
    for (const source of JSON.parse(read(map)).sources ?? []) {
      const at = source.indexOf('node_modules/')
      const key = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(at < 0 ? '' : source.slice(at))?.[0]
      if (key && lock.packages[key]) keys.add(key)
    }
  }
  // Style sheets and fonts leave no trace in source maps.
  const page = filesUnder('src/renderer', /(?<!\.test)\.tsx?$/)
    .map(read)
    .join('\n')
  for (const name of Object.keys(lock.packages[''].devDependencies)) {
    if (page.includes(`'${name}'`) || page.includes(`'${name}/`)) keys.add(`node_modules/${name}`)
  }
  return keys
}

/** Lock-file keys of what is installed beside the bundles, with all that it needs on this system. */
function installed(lock) {
  const keys = new Set()
  const walk = (name, from) => {
    const places = from.split('/node_modules/').map((_, at, all) => all.slice(0, all.length - at).join('/node_modules/'))
    const key = [...places.map(place => `${place}/node_modules/${name}`), `node_modules/${name}`].find(one => lock.packages[one])
    if (!key || keys.has(key) || !existsSync(join(project, key))) return
    keys.add(key)
    const { dependencies = {}, optionalDependencies = {} } = lock.packages[key]
    for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) walk(next, key)
  }
  for (const name of Object.keys(lock.packages[''].dependencies)) walk(name, '')
  return keys
}

function componentOf(key, { version, license, integrity }) {
  const path = key.slice(key.lastIndexOf('node_modules/') + 'node_modules/'.length)
  const [group, name] = path.startsWith('@') ? path.split('/') : [undefined, path]
  const purl = `pkg:npm/${path.replace('@', '%40')}@${version}`
  const content = Buffer.from((integrity ?? '').replace('sha512-', ''), 'base64').toString('hex')
  return {
    ...{ type: 'library', 'bom-ref': purl, ...(group ? { group } : {}), name, version, purl },
    licenses: [/ OR | AND /.test(license ?? '') ? { expression: license } : { license: { id: license } }],
    ...(content ? { hashes: [{ alg: 'SHA-512', content }] } : {}),
  }
}

/** An identity that is the same whenever the contents are. */
function serialOf(components) {
  const hex = createHash('sha256').update(JSON.stringify(components)).digest('hex')
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** The bill of materials and the notices; `refused` names what may not be shipped. */
export function legalOf(lock = JSON.parse(read('package-lock.json'))) {
  const keys = [...new Set([...bundled(lock), ...installed(lock), 'node_modules/electron'])].sort()
  const refused = keys.filter(key => !isAllowed(lock.packages[key].license))
  const components = keys.map(key => componentOf(key, lock.packages[key]))
  const { name, version } = lock.packages['']
  const sbom = {
    ...{ bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber: serialOf(components), version: 1 },
    metadata: { component: { type: 'application', 'bom-ref': name, name, version, licenses: [{ license: { id: 'MIT' } }] } },
    components,
  }
  const notices = keys.map(key => {
    const found = existsSync(join(project, key)) ? readdirSync(join(project, key)).filter(file => NOTICE.test(file)) : []
    const texts = found.map(file => read(join(key, file)).trim())
    const { version: of, license } = lock.packages[key]
    return `${'='.repeat(80)}\n${key.replace(/^.*node_modules\//, '')} ${of} (${license})\n\n${texts.join('\n\n') || 'No notice of its own.'}\n`
  })
  return { sbom, notices: notices.join('\n'), refused: refused.map(key => `${key}: ${lock.packages[key].license}`) }
}

/** Writes both files. Fails: Error that names every package whose licence is not allowed. */
export function writeLegal() {
  const { sbom, notices, refused } = legalOf()
  if (refused.length > 0)
    throw new Error(`These may not be shipped without a decision about their licence:\n${refused.join('\n')}`)
  mkdirSync(join(project, 'build', 'legal'), { recursive: true })
  writeFileSync(join(project, 'build', 'legal', 'sbom.cdx.json'), `${JSON.stringify(sbom, null, 2)}\n`)
  writeFileSync(join(project, 'build', 'legal', 'licences.txt'), notices)
  return sbom.components.length
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(`${writeLegal()} packages listed`)
