// Builds what is out of date: `node scripts/build.mjs [--force] [--only=host,data]`. Quiet when there is nothing to do.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fittingNode, project } from './installation.mjs'

const out = join(project, 'build')
const inProject = path => join(project, path)

/** Demo files that travel with the program: a real index and real weather, so that a first start has real series without a network. */
const RESOURCES = ['sp500-2000.csv', 'seattle-weather.csv', 'weather.csv']
const HOST_ENTRIES = {
  headless: 'src/main/headless.ts',
  'data-process': 'src/platform/data-process.ts',
  worker: 'src/workers/entry.ts',
  cli: 'src/main/cli/cli.ts',
}
const HOST_SOURCES = ['src/core', 'src/contract', 'src/platform', 'src/workers', 'src/main']

/** Each part with what it is made from; it is made again when any byte of that changes. */
const PARTS = [
  {
    name: 'data',
    from: ['src/main/schema', 'resources', ...RESOURCES.map(name => `node_modules/vega-datasets/data/${name}`)],
    make: copyData,
  },
  { name: 'host', from: HOST_SOURCES, make: buildHost },
  { name: 'desktop', from: [...HOST_SOURCES, 'src/preload'], make: buildDesktop },
  { name: 'page', from: ['src/core', 'src/contract', 'src/renderer', 'tsconfig.base.json'], make: buildPage },
]

const isSource = path => !/\.test\.tsx?$|(^|\/)tsconfig\.json$/.test(path)

function filesUnder(path) {
  const full = inProject(path)
  if (!existsSync(full)) return []
  if (statSync(full).isFile()) return [path]
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(project, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter(isSource)
    .sort()
}

/** Hash of every byte that goes into a part, this script and the locked packages included. */
function stampOf({ from }) {
  const hash = createHash('sha256')
  for (const path of ['scripts/build.mjs', 'package-lock.json', ...from].flatMap(filesUnder))
    hash
      .update(`${path}\0`)
      .update(readFileSync(inProject(path)))
      .update('\0')
  return hash.digest('hex')
}

const stampFile = part => join(out, 'stamps', part.name)
const isFresh = (part, stamp) => existsSync(stampFile(part)) && readFileSync(stampFile(part), 'utf8') === stamp

/** Makes a folder aside and puts it in place at once, so that a host which starts meanwhile never sees half of it. */
async function replaceFolder(name, make) {
  const aside = join(out, `.${name}-${process.pid}`)
  const old = `${aside}-old`
  rmSync(aside, { recursive: true, force: true })
  mkdirSync(aside, { recursive: true })
  await make(aside)
  const place = join(out, name)
  for (let tries = 0; ; tries++) {
    try {
      if (existsSync(place)) renameSync(place, old)
      renameSync(aside, place)
      break
    } catch (fault) {
      // Two builds at once: the other one moved the folder between the two lines above.
      if (tries === 5) throw fault
    }
  }
  rmSync(old, { recursive: true, force: true })
}

// Native modules stay outside of every bundle; so do the optional parts of ws, which it does without.
const EXTERNAL = [/^@duckdb\//, /^@napi-rs\/keyring/, 'electron', 'bufferutil', 'utf-8-validate']

async function bundle(input, dir, output) {
  const { rolldown } = await import('rolldown')
  const made = await rolldown({
    input,
    platform: 'node',
    external: EXTERNAL,
    tsconfig: false,
    // What a dependency does with `this` or eval at its top is not ours to mend; everything else is an error of ours.
    onLog: (level, log, report) => (log.id?.includes('node_modules') ? undefined : report(level, log)),
  })
  await made.write({ dir, sourcemap: true, ...output })
  await made.close()
}

async function buildHost() {
  const entries = Object.entries(HOST_ENTRIES).filter(([, file]) => existsSync(inProject(file)))
  const input = Object.fromEntries(entries.map(([name, file]) => [name, inProject(file)]))
  const output = { format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: 'parts/[name]-[hash].mjs' }
  await replaceFolder('host', dir => bundle(input, dir, output))
}

async function buildDesktop() {
  if (!existsSync(inProject('src/main/electron.ts'))) return
  await replaceFolder('main', dir =>
    bundle({ electron: inProject('src/main/electron.ts') }, dir, {
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: 'parts/[name]-[hash].js',
    }),
  )
  // A sandboxed preload script must be CommonJS, whatever the package says.
  await replaceFolder('preload', dir =>
    bundle({ index: inProject('src/preload/index.ts') }, dir, { format: 'cjs', entryFileNames: '[name].cjs' }),
  )
}

async function buildPage() {
  if (!existsSync(inProject('src/renderer/index.html'))) return
  // Whatever starts this, a test runner too: a page of React's development build is slower and behaves otherwise.
  process.env.NODE_ENV = 'production'
  const { build } = await import('vite')
  const { default: react } = await import('@vitejs/plugin-react')
  await replaceFolder('page', outDir =>
    build({
      root: inProject('src/renderer'),
      configFile: false,
      base: './',
      logLevel: 'warn',
      plugins: [react()],
      // An inlined script or worker would need a hole in the content policy.
      build: {
        outDir,
        emptyOutDir: true,
        sourcemap: true,
        minify: true,
        target: 'es2023',
        assetsInlineLimit: 0,
        chunkSizeWarningLimit: 2000,
      },
    }),
  )
}

async function copyData() {
  await replaceFolder(
    'schema',
    dir => existsSync(inProject('src/main/schema')) && cpSync(inProject('src/main/schema'), dir, { recursive: true }),
  )
  await replaceFolder('resources', dir => {
    if (existsSync(inProject('resources'))) cpSync(inProject('resources'), dir, { recursive: true })
    for (const name of RESOURCES) cpSync(inProject(`node_modules/vega-datasets/data/${name}`), join(dir, name))
  })
}

/** Whether any part is out of date; reads every source, which takes some 50 ms. */
export const isStale = () => PARTS.some(part => !isFresh(part, stampOf(part)))

/** Builds each part that is out of date, of those named where some are; says which. */
async function buildStale({ force = false, only = null, say = console.error } = {}) {
  mkdirSync(join(out, 'stamps'), { recursive: true })
  const wanted = PARTS.filter(({ name }) => only === null || only.includes(name))
  const stale = wanted.map(part => ({ part, stamp: stampOf(part) })).filter(({ part, stamp }) => force || !isFresh(part, stamp))
  const failed = []
  for (const { part, stamp } of stale) {
    const started = performance.now()
    rmSync(stampFile(part), { force: true })
    try {
      await part.make()
    } catch (fault) {
      // The other parts are built all the same: a host is of use while its page is being mended.
      failed.push(`${part.name}: ${fault.message}`)
      continue
    }
    writeFileSync(stampFile(part), stamp)
    say(`built ${part.name} in ${((performance.now() - started) / 1000).toFixed(1)} s`)
  }
  if (failed.length > 0) throw new Error(`The build failed.\n${failed.join('\n')}`)
  return stale.map(({ part }) => part.name)
}

if (process.argv[1] && fileURLToPath(import.meta.url) === join(dirname(process.argv[1]), 'build.mjs')) {
  const node = fittingNode()
  if (node !== process.execPath) {
    process.exit(spawnSync(node, process.argv.slice(1), { stdio: 'inherit' }).status ?? 1)
  }
  try {
    const only = process.argv.find(word => word.startsWith('--only='))?.slice('--only='.length)
    await buildStale({ force: process.argv.includes('--force'), only: only?.split(',') ?? null })
  } catch (fault) {
    console.error(fault.message ?? fault)
    process.exit(1)
  }
}
