import { writeSync } from 'node:fs'
import { openDesk, waiting } from './session-kit.ts'

// A process that works in a session and is killed: from outside while it runs commands, or by itself at a place of a publication.
const [folder, what, session] = process.argv.slice(2) as [string, string, string]
const die = () => process.kill(process.pid, 'SIGKILL')
const say = (line: string) => writeSync(1, `${line}\n`)
const held = [waiting('one', 400, 1), waiting('two', 3000, 2)]
const actor = { name: 'ann' }

if (what === 'commands') {
  const desk = openDesk({ folder, held })
  const opened = session ? desk.sessions.list(false).find(one => one.id === session)! : null
  const view = opened ?? (await desk.sessions.open({ name: 'kill me', uploads: ['one'] }, actor))
  const ids = held[0]!.rows.map(({ rowId }) => rowId)
  say(`${view.id} ${view.revision}`)
  for (let revision = view.revision; ; ) {
    const command = commandOf(revision, ids)
    const done = await desk.sessions.run({ session: view.id, revision, command }, actor)
    revision = done.session.revision
    say(`${view.id} ${revision}`)
  }
} else {
  const desk = openDesk({ folder, held, ...(what === 'after-run' ? { afterRun: die } : {}) })
  const view = desk.sessions.list(false)[0]!
  if (what === 'before-run') setImmediate(die)
  const { run } = await desk.sessions.publish({ session: view.id, revision: view.revision, replaceToday: false }, actor)
  say(`${view.id} ${run}`)
  die()
}

/** What is done on a revision follows from its number, so that whoever reopens the session knows what must stand there. */
function commandOf(revision: number, ids: readonly string[]) {
  if (revision % 40 === 20) return { kind: 'import' as const, uploads: ['two'] }
  if (revision % 40 === 21) return { kind: 'undo' as const }
  return { kind: 'edit' as const, rowId: ids[revision % ids.length]!, field: 'TICKER', text: `T${revision}` }
}
