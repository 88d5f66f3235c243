// The command line: npx contango COMMAND. Runs under the Node of the project, on a build that is up to date.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { fittingNode, project } from './installation.mjs'

const script = join(project, 'scripts', 'contango.mjs')
const entry = join(project, 'build', 'host', 'cli.mjs')

/** This very command under a Node that can run it; signals and the exit code are passed on. */
function startAgain(node) {
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', script, ...process.argv.slice(2)], { stdio: 'inherit' })
  // A terminal sends Ctrl-C to both; the child answers it, and this one waits for the child.
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
}

/** In a process of its own, so that nothing of the builder stays in memory and what it prints goes to standard error. */
function build() {
  const made = spawnSync(process.execPath, [join(project, 'scripts', 'build.mjs'), '--only=host,data'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  })
  if (made.status === 0 && existsSync(entry)) return
  process.stderr.write(made.stderr || made.stdout || 'The build failed.\n')
  process.exit(1)
}

const node = fittingNode()
if (node !== process.execPath) {
  startAgain(node)
} else {
  build()
  const { runFromShell } = await import(pathToFileURL(entry).href)
  await runFromShell(process.argv.slice(2))
}
