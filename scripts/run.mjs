import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Folder of the project. */
export const project = resolve(dirname(fileURLToPath(import.meta.url)), '..')

const require = createRequire(import.meta.url)

/** Path of a package's command, so that it runs on this very Node and without a shell. */
export function binary(name, command = name) {
  const manifest = join(project, 'node_modules', name, 'package.json')
  const { bin } = require(manifest)
  return join(dirname(manifest), typeof bin === 'string' ? bin : bin[command])
}

/** Runs a script with this Node and resolves with its exit code; what it prints is passed through. */
export function node(args, env = {}) {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, args, { cwd: project, stdio: 'inherit', env: { ...process.env, ...env } })
    child.on('error', fail)
    child.on('exit', (code, signal) => done(signal ? 1 : code))
  })
}
