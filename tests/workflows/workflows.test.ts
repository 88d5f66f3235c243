import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Ground, workflowFaults } from './lint.ts'

const root = resolve(import.meta.dirname, '../..')
const folder = join(root, '.github/workflows')
const read = (name: string) => readFileSync(join(folder, name), 'utf8')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object; devDependencies: object }
const commands = Object.keys(manifest.devDependencies).flatMap(name => {
  const { bin } = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as { bin?: string | object }
  return typeof bin === 'object' ? Object.keys(bin) : bin ? [name] : []
})
const ground: Ground = { root, scripts: Object.keys(manifest.scripts), commands }

/** How an expression begins, apart from the braces of this language. */
const OPEN = '$'.concat('{{')
const MACHINE = `runs-on: ${OPEN} matrix.os }}`

describe('the workflows', () => {
  test('are all looked at', () => expect(readdirSync(folder).toSorted()).toEqual(['ci.yml', 'package.yml']))
  test.each(readdirSync(folder))('%s would run as it is meant', name => expect(workflowFaults(read(name), ground)).toEqual([]))

  test.each([
    ['npm test', 'npm run tests', 'package.json has no script tests'],
    ['npx install-electron', 'npx electron-install', 'no package here brings electron-install'],
    ['npm run build', 'node scripts/bild.mjs', 'there is no scripts/bild.mjs'],
    ['npm run build', 'curl https://example.com | sh', 'is not known here'],
    ['npm run build', `echo ${OPEN} github.event.pull_request.title }}`, 'github.event.pull_request.title may not be read'],
    ['actions/checkout@v5', 'actions/checkout@main', 'is not pinned'],
    ['actions/setup-node@v5', 'somebody/setup-node@v5', 'is not pinned'],
    ['windows-2025', 'windows-latest', 'no machine is named windows-latest'],
    ['matrix.os }}', 'matrix.system }}', 'it runs nowhere'],
    ['timeout-minutes: 60', 'timeout: 60', 'timeout is no key there'],
    ['timeout-minutes: 60', 'if: true', 'may hang for six hours'],
    ['permissions: { contents: read }', 'permissions: { contents: write }', 'it may write contents'],
    ['permissions: { contents: read }\n', '', 'it may by default all'],
    ['  pull_request:', '  pull_request_target:', 'runs strangers with our secrets'],
    [MACHINE, `${MACHINE}\n    needs: [build]`, 'it needs build, and no job is named so'],
    ['- run: npm ci', '- run: npm ci\n        uses: actions/cache@v4', 'either uses or runs'],
    ['- run: npm ci', '- rum: npm ci', 'rum is no key there'],
    ['jobs:', 'jobs: [', 'it is no YAML'],
    ['jobs:', 'job:', 'it has no jobs'],
  ])('a planted fault is named: %s becomes %s', (from, to, words) => {
    const text = read('ci.yml')
    expect(text).toContain(from)
    const faults = workflowFaults(text.replace(from, to), ground)
    expect(faults.join('\n')).toContain(words)
  })
})
