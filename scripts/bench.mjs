// npm run bench -- NAME [--option value]: runs bench/NAME.ts; each result is one JSON line, the last line the headline.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { node, project } from './run.mjs'

const [name, ...rest] = process.argv.slice(2)
const file = name && join(project, 'bench', `${name}.ts`)
if (!file || !existsSync(file)) {
  const names = readdirSync(join(project, 'bench'))
    .filter(entry => entry.endsWith('.ts') && !entry.endsWith('.d.ts'))
    .map(entry => entry.slice(0, -3))
  console.error(`Name a benchmark: ${names.join(', ')}`)
  process.exit(2)
}
const options = {}
for (let i = 0; i < rest.length; i += 2) {
  if (!rest[i].startsWith('--') || rest[i + 1] === undefined) {
    console.error(`'${rest[i]}' is not an option with a value, such as --seconds 10`)
    process.exit(2)
  }
  options[rest[i].slice(2)] = Number.isNaN(Number(rest[i + 1])) ? rest[i + 1] : Number(rest[i + 1])
}
if ((await node(['scripts/build.mjs'])) !== 0) process.exit(1)
const { run } = await import(pathToFileURL(file).href)
for (const result of await run(options)) console.log(JSON.stringify(result))
process.exit(0)
