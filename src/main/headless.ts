import { type Desktop, openWorkstation } from './desktop.ts'
import { installationOf } from './entries.ts'

/** What the launcher is told over the channel that it may have opened. */
export type LaunchMessage = { readonly kind: 'open' | 'already-open'; readonly url: string }

function announce(line: string, message: LaunchMessage): void {
  const say = () => void process.stdout.write(`${line}\n`)
  // The launcher hears it before the line is there: a host that dies right after it is to be started again at that address. A
  // launcher that went away meanwhile closes the host by that; it is no fault here.
  if (process.connected && process.send) process.send(message, say)
  else say()
}

/** No window: the address on standard output, faults on standard error. */
const terminal: Desktop = {
  opened: (_, url) => announce(`Contango is open at ${url}`, { kind: 'open', url }),
  alreadyOpen(url) {
    announce(`Contango is already open at ${url}`, { kind: 'already-open', url })
    // The launcher opens a window on the running host and stays with it; alone there is nothing left to do.
    if (!process.send) process.exit(0)
    process.on('disconnect', () => process.exit(0))
  },
  failed(sentence) {
    process.stderr.write(`Contango cannot start: ${sentence}\n`)
    process.exit(1)
  },
  end: code => process.exit(code),
}

await openWorkstation(process.argv.slice(2), installationOf(import.meta.url), terminal)
