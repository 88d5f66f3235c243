import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export const project = resolve(import.meta.dirname, '../..')

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export function freshFolder(): string {
  return mkdtempSync(join(tmpdir(), 'contango-cli-'))
}

/** The real command line as a process of its own; `ended` resolves with what it printed. */
export function command(
  words: readonly string[],
  input: 'ignore' | 'pipe' = 'ignore',
): { child: ChildProcess; ended: Promise<Ended> } {
  return watched(
    spawn(process.execPath, [join(project, 'scripts', 'contango.mjs'), ...words], {
      cwd: project,
      stdio: [input, 'pipe', 'pipe'],
    }),
  )
}

export function run(...words: readonly string[]): Promise<Ended> {
  return command(words).ended
}

export function watched(child: ChildProcess): { child: ChildProcess; ended: Promise<Ended> } {
  let out = ''
  let err = ''
  child.stdout?.setEncoding('utf8').on('data', text => {
    out += text
  })
  child.stderr?.setEncoding('utf8').on('data', text => {
    err += text
  })
  const ended = new Promise<Ended>((done, failed) => {
    child.on('error', failed)
    child.on('close', code => done({ code, out, err }))
  })
  return { child, ended }
}

/** A workstation that is open on the folder, as `npm start` starts it. */
export async function openWorkstation(folder: string): Promise<{ end(): Promise<void> }> {
  const entry = join(project, 'build', 'host', 'headless.mjs')
  const child = spawn(process.execPath, [entry, '--data', folder, '--demo'], { stdio: ['ignore', 'pipe', 'pipe'] })
  const { ended } = watched(child)
  await new Promise<void>((done, failed) => {
    let seen = ''
    child.stdout?.on('data', text => {
      seen += text
      if (seen.includes('Contango is open at')) done()
    })
    void ended.then(({ err }) => failed(new Error(`the workstation ended: ${err}`)))
  })
  return {
    async end() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
