import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

/** What a workflow may lean on in this project. */
export interface Ground {
  readonly root: string
  readonly scripts: readonly string[]
  /** Commands that packages of the project bring along. */
  readonly commands: readonly string[]
}

type Table = Readonly<Record<string, unknown>>
const isTable = (value: unknown): value is Table => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Machines that GitHub has, by exact version: `latest` changes under a release. */
const MACHINES = ['ubuntu-24.04', 'windows-2025', 'macos-15']
const TOP = ['name', 'on', 'permissions', 'concurrency', 'env', 'defaults', 'jobs']
const JOB = ['name', 'needs', 'if', 'strategy', 'runs-on', 'timeout-minutes', 'permissions', 'env', 'steps', 'outputs']
const STEP = ['name', 'id', 'uses', 'run', 'with', 'env', 'if', 'shell', 'working-directory', 'timeout-minutes']
/** What an expression may read. What a stranger can write (titles, branch names) is never put into a command. */
const READABLE = /^(matrix\.(\w+)|runner\.(os|arch)|secrets\.[A-Z_]+|steps\.\w+\.outputs\.\w+|github\.(sha|ref_name|repository))$/

function unknownKeys(table: Table, known: readonly string[], where: string): string[] {
  return Object.keys(table)
    .filter(key => !known.includes(key))
    .map(key => `${where}: ${key} is no key there`)
}

/** Names that the matrix of a job gives, each with its values. */
function matrixOf(job: Table): ReadonlyMap<string, readonly unknown[]> {
  const { matrix } = isTable(job.strategy) ? job.strategy : { matrix: null }
  const found = new Map<string, unknown[]>()
  if (!isTable(matrix)) return found
  for (const [name, values] of Object.entries(matrix)) {
    if (name === 'include' && Array.isArray(values))
      for (const entry of values.filter(isTable))
        for (const [key, value] of Object.entries(entry)) found.set(key, [...(found.get(key) ?? []), value])
    else if (name !== 'exclude' && Array.isArray(values)) found.set(name, values)
  }
  return found
}

function expressionFaults(text: string, names: ReadonlyMap<string, unknown>, where: string): string[] {
  const open = text.split('$'.concat('{{')).length - 1
  const whole = [...text.matchAll(/\$\{\{(.*?)\}\}/gs)]
  if (open !== whole.length) return [`${where}: an expression is not closed`]
  return whole.flatMap(([, body = '']) => {
    const words = body.replace(/'[^']*'/g, '').match(/[a-z]\w*(?:\.\w+)+/gi) ?? []
    return words.flatMap(word => {
      const [, , name] = READABLE.exec(word) ?? []
      if (!READABLE.test(word)) return [`${where}: ${word} may not be read`]
      return name !== undefined && !names.has(name) ? [`${where}: the matrix has no ${name}`] : []
    })
  })
}

function commandFaults(run: string, { root, scripts, commands }: Ground, where: string): string[] {
  return run.split('\n').flatMap(line => {
    const bare = line.trim().replace(/^xvfb-run -a /, '')
    if (bare === '' || bare.startsWith('#')) return []
    const [, script] = /^npm run ([\w:-]+)/.exec(bare) ?? []
    if (script !== undefined) return scripts.includes(script) ? [] : [`${where}: package.json has no script ${script}`]
    const [, command] = /^npx ([\w@/-]+)/.exec(bare) ?? []
    if (command !== undefined) return commands.includes(command) ? [] : [`${where}: no package here brings ${command}`]
    const [, file] = /^node (scripts\/[\w./-]+\.mjs)/.exec(bare) ?? []
    if (file !== undefined) return existsSync(join(root, file)) ? [] : [`${where}: there is no ${file}`]
    return /^npm (ci|test)$|^sudo apt-get |^dbus-run-session |^gh release /.test(bare)
      ? []
      : [`${where}: ${bare} is not known here`]
  })
}

function usesFaults(uses: string, where: string): string[] {
  if (/^actions\/[\w-]+@v\d+$/.test(uses) || /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(uses)) return []
  return [`${where}: ${uses} is not pinned; GitHub's own by version, all others by commit`]
}

function stepFaults(step: unknown, names: ReadonlyMap<string, unknown>, ground: Ground, where: string): string[] {
  if (!isTable(step)) return [`${where}: it is no step`]
  const { uses, run } = step
  const shape = (typeof uses === 'string') === (typeof run === 'string') ? [`${where}: a step either uses or runs something`] : []
  return [
    ...unknownKeys(step, STEP, where),
    ...shape,
    ...(typeof uses === 'string' ? usesFaults(uses, where) : []),
    ...(typeof run === 'string' ? commandFaults(run, ground, where) : []),
    ...expressionFaults(JSON.stringify(step), names, where),
  ]
}

function jobFaults(job: unknown, jobs: Table, ground: Ground, where: string): string[] {
  if (!isTable(job)) return [`${where}: it is no job`]
  const names = matrixOf(job)
  const runsOn = String(job['runs-on'] ?? '')
  const [, fromMatrix] = /^\$\{\{ matrix\.(\w+) \}\}$/.exec(runsOn) ?? []
  const machines = fromMatrix ? (names.get(fromMatrix) ?? []) : [runsOn]
  const steps = Array.isArray(job.steps) ? job.steps : []
  const needs = [job.needs ?? []].flat().filter(name => !Object.hasOwn(jobs, String(name)))
  return [
    ...unknownKeys(job, JOB, where),
    ...(machines.length === 0 ? [`${where}: it runs nowhere`] : []),
    ...machines.filter(name => !MACHINES.includes(String(name))).map(name => `${where}: no machine is named ${name}`),
    ...(Number.isInteger(job['timeout-minutes']) ? [] : [`${where}: without timeout-minutes it may hang for six hours`]),
    ...(steps.length === 0 ? [`${where}: it has no steps`] : []),
    ...needs.map(name => `${where}: it needs ${name}, and no job is named so`),
    ...expressionFaults(JSON.stringify(job.env ?? {}), names, where),
    ...steps.flatMap((step, at) => stepFaults(step, names, ground, `${where}, step ${at + 1}`)),
  ]
}

/** What is wrong with a workflow of GitHub, in sentences; none where it would run as it is meant. */
export function workflowFaults(text: string, ground: Ground): string[] {
  let workflow: unknown
  try {
    workflow = parse(text)
  } catch (fault) {
    return [`it is no YAML: ${(fault as Error).message.split('\n')[0]}`]
  }
  if (!isTable(workflow)) return ['it is no workflow']
  const { jobs, permissions, on } = workflow
  const rights = isTable(permissions)
    ? Object.entries(permissions).filter(([, right]) => right !== 'read')
    : [['all', 'by default']]
  return [
    ...unknownKeys(workflow, TOP, 'workflow'),
    ...(on === undefined ? ['workflow: nothing starts it'] : []),
    ...(JSON.stringify(on ?? '').includes('pull_request_target')
      ? ['workflow: pull_request_target runs strangers with our secrets']
      : []),
    ...rights.map(([name, right]) => `workflow: it may ${right} ${name}; give that to the one job that needs it`),
    ...(isTable(jobs)
      ? Object.entries(jobs).flatMap(([name, job]) => jobFaults(job, jobs, ground, name))
      : ['workflow: it has no jobs']),
  ]
}
