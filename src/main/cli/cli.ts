import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ORPCError } from '@orpc/client'
import { sentence } from '../../contract/errors.ts'
import { systemClock } from '../../platform/clock.ts'
import { ConfigInvalid, defaultFolder, environment, loadConfig } from '../../platform/config.ts'
import { JournalBusy, JournalCorrupt } from '../../platform/journal.ts'
import { salvageJournal } from '../../platform/journal-salvage.ts'
import { lockWorkspace, WorkspaceOpen } from '../../platform/lock.ts'
import { installationOf } from '../entries.ts'
import { type Arguments, asksForHelp, commandFirst, nearest, readArguments, UsageError } from './arguments.ts'
import { runRestore } from './backup-commands.ts'
import { runColor } from './color-command.ts'
import { asksWorkspace, runColorRules } from './color-rules-command.ts'
import type { CommandContext, Outcome } from './command-context.ts'
import { COMMANDS, diagnosis } from './commands.ts'
import { openDesk } from './desk.ts'
import { type CommandName, FORMS, formOf, help } from './forms.ts'
import { runOptions } from './options-command.ts'
import { asTable } from './output.ts'

/** Exit codes: 1 what was asked for failed, 2 it was not understood, 130 Ctrl-C. */
const FAILED = 1
const MISUSED = 2
const INTERRUPTED = 130

const COMMAND_NAMES = Object.keys(FORMS) as CommandName[]

/** Runs one command line to its end and ends the process with its code. */
export async function runFromShell(words: readonly string[]): Promise<void> {
  // A reader that has enough (`| head`) closes the pipe; that is no failure.
  process.stdout.on('error', fault => {
    if ((fault as NodeJS.ErrnoException).code === 'EPIPE') process.exit(0)
    throw fault
  })
  process.stderr.on('error', () => {})
  const stop = new AbortController()
  let asked = 0
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (++asked > 1) process.exit(INTERRUPTED)
      stop.abort(new DOMException('interrupted', 'AbortError'))
    })
  }
  const isJson = words.includes('--json')
  const outcome = await run(words, stop.signal).catch(fault => failed(fault, stop.signal.aborted))
  if (outcome.complaint) process.stderr.write(`${outcome.complaint}\n`)
  const text = isJson ? JSON.stringify(outcome.json) : outcome.text
  if (text !== '') await new Promise<void>(done => process.stdout.write(`${text}\n`, () => done()))
  process.exit(outcome.code)
}

type Ending = Outcome & { readonly complaint?: string }

function tell(text: string): void {
  process.stderr.write(`${text}\n`)
}

async function run(words: readonly string[], signal: AbortSignal): Promise<Ending> {
  const [first = 'help', ...rest] = commandFirst(words)
  if (first === 'help' || first === '--help' || first === '-h') return helped(rest.find(word => !word.startsWith('-')))
  const name = expectCommand(first)
  // Before the flags are judged: who asks for help may have one of them wrong.
  if (asksForHelp(rest)) return helped(name)
  const args = readArguments(name, formOf(name), rest)
  const given = args.flags.get('data')?.[0]
  const env = environment()
  const fromEnvironment = env.CONTANGO_DATA
  const folder = given ? resolve(given) : fromEnvironment ? resolve(fromEnvironment) : defaultFolder()
  if (name === 'options')
    return await runOptions(args, {
      worker: installationOf(import.meta.url).worker,
      signal,
      tell,
      isWatched: process.stderr.isTTY === true,
    })
  if (name === 'color' && asksWorkspace(args.given[0]))
    return await atDesk(folder, signal, context => runColorRules(args, context))
  if (name === 'color') return await runColor(args, { installation: installationOf(import.meta.url), signal })
  if (name === 'restore') {
    expectWords(name, args)
    return await runRestore(args, { folder, signal })
  }
  if (name === 'config') return await explainConfig(args, { words: rest, folder, signal })
  if (name === 'doctor' && args.flags.has('salvage')) return salvage(folder)
  return await askHost(name, args, folder, signal)
}

async function askHost(
  name: Exclude<CommandName, 'color' | 'config' | 'options' | 'restore'>,
  args: Arguments,
  folder: string,
  signal: AbortSignal,
): Promise<Ending> {
  expectWords(name, args)
  const desk = await openDesk({ folder, installation: installationOf(import.meta.url), signal, tell }).catch(fault => {
    if (name === 'doctor' && (fault instanceof JournalCorrupt || fault instanceof JournalBusy)) return fault
    throw fault
  })
  // A journal that cannot be opened is what a doctor is asked about.
  if (desk instanceof Error)
    return diagnosis([{ name: 'journal', state: 'bad', finding: desk.message, remedy: 'npx contango doctor --salvage' }])
  try {
    signal.throwIfAborted()
    return await COMMANDS[name](args, { client: desk.client, signal, tell, isWatched: process.stderr.isTTY === true })
  } finally {
    await desk.leave()
  }
}

/** Asks the host of a workspace, and leaves it whatever comes. */
async function atDesk(
  folder: string,
  signal: AbortSignal,
  work: (context: CommandContext) => Promise<Outcome>,
): Promise<Outcome> {
  const desk = await openDesk({ folder, installation: installationOf(import.meta.url), signal, tell })
  try {
    signal.throwIfAborted()
    return await work({ client: desk.client, signal, tell, isWatched: process.stderr.isTTY === true })
  } finally {
    await desk.leave()
  }
}

function expectCommand(word: string): CommandName {
  const found = COMMAND_NAMES.find(name => name === word)
  if (found) return found
  if (word.startsWith('-')) {
    throw new UsageError(
      `${word.split('=', 1)[0]} stands behind its command: npx contango COMMAND [flags]. npx contango help lists both.`,
    )
  }
  const near = nearest(word, [...COMMAND_NAMES, 'help'])
  throw new UsageError(`There is no command ${word}.${near ? ` Did you mean ${near}?` : ''} npx contango help lists them.`)
}

/** Before anything is opened, so that a slip of the fingers costs no second. */
function expectWords(name: CommandName, { given, flags }: Arguments): void {
  const missing = FORMS[name].takes[given.length]
  if (missing !== undefined) throw new UsageError(`${name} needs ${missing}. npx contango help ${name} shows how.`)
  if (name === 'export' && !flags.has('out')) throw new UsageError('export needs --out FILE.')
}

function helped(word: string | undefined): Ending {
  const name = word === undefined ? null : expectCommand(word)
  const text = help(name)
  return { json: { help: text }, text, code: 0 }
}

interface Explained {
  readonly key: string
  readonly value: unknown
  readonly origin: string
  readonly usual: unknown
  readonly choices: readonly string[]
  readonly needsRestart: boolean
}

async function explainConfig(
  { given }: Arguments,
  { words, folder, signal }: { words: readonly string[]; folder: string; signal: AbortSignal },
): Promise<Ending> {
  if (given[0] !== 'explain') throw new UsageError('config knows one word: npx contango config explain.')
  const settings = await settingsIn(folder, words, signal)
  const rows = settings.map(one => [one.key, String(one.value), one.origin, String(one.usual)])
  const text = `Workspace: ${folder}\n\n${asTable(['setting', 'value', 'from', 'usual'], rows)}`
  return { json: { folder, settings }, text, code: 0 }
}

/** The settings as the host has them, with what a person chose; where its journal cannot be read, as a launch would begin. */
async function settingsIn(folder: string, words: readonly string[], signal: AbortSignal): Promise<Explained[]> {
  const launch = loadConfig({ argv: words, env: environment(), folder }).explain()
  const plain = launch.map(({ setting: { key, usual, choices, needsRestart }, value, origin }) => ({
    key,
    value,
    origin,
    usual,
    choices,
    needsRestart,
  }))
  // A folder that is not there yet has no choices in it, and looking must not make it.
  if (!existsSync(join(folder, 'journal.sqlite'))) return plain
  try {
    const desk = await openDesk({ folder, installation: installationOf(import.meta.url), argv: words, signal, tell })
    try {
      const { settings } = await desk.client.workspace.settings(undefined, { signal })
      // What is given here wins over what an open workstation was started with: the question is how a start from here would be.
      const given = new Map(
        plain.filter(({ origin }) => origin === 'flag' || origin === 'environment').map(one => [one.key, one]),
      )
      return settings.map(
        ({ key, value, origin, usual, choices, needsRestart }) =>
          given.get(key) ?? { key, value, origin, usual, choices, needsRestart },
      )
    } finally {
      await desk.leave()
    }
  } catch (fault) {
    if (!(fault instanceof JournalCorrupt)) throw fault
    tell(fault.message)
    return plain
  }
}

/** The way out of a damaged journal, with the workspace to ourselves. */
function salvage(folder: string): Ending {
  const clock = systemClock()
  const lock = lockWorkspace(folder, clock)
  try {
    const found = salvageJournal({ file: join(folder, 'journal.sqlite'), clock })
    return { json: found, text: `${found.kept} entries were kept. The damaged file is ${found.damagedFile}.`, code: 0 }
  } finally {
    lock.release()
  }
}

function failed(fault: unknown, isInterrupted: boolean): Ending {
  if (isInterrupted) return ending('CANCELLED', 'Cancelled. Nothing more was changed.', INTERRUPTED)
  if (fault instanceof UsageError) return ending('USAGE', fault.message, MISUSED)
  if (fault instanceof ConfigInvalid) return ending('CONFIG_INVALID', fault.message, FAILED)
  if (fault instanceof WorkspaceOpen) {
    return ending('WORKSPACE_OPEN', `${capital(fault.message)}, which does not answer. Close it and try again.`, FAILED)
  }
  if (fault instanceof JournalCorrupt) {
    const { file, seq, reason } = fault
    return ending('JOURNAL_CORRUPT', sentence('JOURNAL_CORRUPT', { file, seq, reason }), FAILED)
  }
  if (fault instanceof ORPCError) return ending(String(fault.code), fault.message, FAILED, fault.data)
  const message = fault instanceof Error ? fault.message : String(fault)
  return ending(String((fault as NodeJS.ErrnoException)?.code ?? 'FAILED'), capital(message), FAILED)
}

function ending(code: string, message: string, exit: number, data: unknown = null): Ending {
  return { json: { error: { code, message, data } }, text: '', complaint: message, code: exit }
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
