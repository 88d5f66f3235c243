import type { SecretsState } from '../../contract/secrets.ts'
import { type Arguments, UsageError } from './arguments.ts'
import { askSecret } from './ask-secret.ts'
import type { CommandContext, Outcome } from './command-context.ts'
import { asTable, instant } from './output.ts'

/** `secrets list`, `secrets set NAME`, `secrets remove NAME`, `secrets test NAME`, `secrets unlock`. No value is ever printed. */
export async function runSecrets({ given }: Arguments, { client, signal }: CommandContext): Promise<Outcome> {
  const [what, name] = given
  const named = (): string => {
    if (name === undefined) throw new UsageError(`secrets ${what} needs a name, as yahoo.token.`)
    return name
  }
  if (what === 'set' || what === 'remove' || what === 'test') {
    named()
    await openIfLocked({ client, signal })
  }
  switch (what) {
    case 'list':
      return shown((await client.secrets.state(undefined, { signal })).state)
    case 'unlock':
      return shown((await client.secrets.open({ passphrase: await askSecret('Passphrase') }, { signal })).state)
    case 'set': {
      const wanted = named()
      const { state } = await client.secrets.set({ name: wanted, value: await askSecret(`Value of ${wanted}`) }, { signal })
      return done(state, `${wanted} was set, in ${placeOf(state)}.`)
    }
    case 'remove':
      return done((await client.secrets.remove({ name: named() }, { signal })).state, `${named()} was removed.`)
    case 'test':
      await client.secrets.test({ name: named() }, { signal })
      return { json: { name: named(), isReadable: true }, text: `${named()} can be read.`, code: 0 }
    default:
      throw new UsageError(`secrets knows list, set, remove, test and unlock; it was '${what}'.`)
  }
}

/** A sealed file is opened for this command alone where no workstation has it open. */
async function openIfLocked({ client, signal }: Pick<CommandContext, 'client' | 'signal'>): Promise<void> {
  const { state } = await client.secrets.state(undefined, { signal })
  if (state.place !== 'file' || state.problem !== 'locked') return
  // From a pipe only one line is read, and that is the value.
  if (!process.stdin.isTTY)
    throw new UsageError(
      'The file of secrets is closed. Open it in Settings > Secrets of the workstation, or type this at a terminal.',
    )
  await client.secrets.open({ passphrase: await askSecret('Passphrase of the file of secrets') }, { signal })
}

function placeOf({ place, file }: SecretsState): string {
  return place === 'file' ? `the sealed file ${file}` : 'the keychain of this system'
}

function done(state: SecretsState, text: string): Outcome {
  return { json: state, text, code: 0 }
}

function shown(state: SecretsState): Outcome {
  const head =
    state.phase === 'empty'
      ? `Nothing is kept yet; ${state.hasKeychain ? 'the keychain of this system answers' : 'no keychain answers here'}.`
      : `Kept in ${placeOf(state)}${state.phase === 'closed' ? `, which is closed: ${state.problem}` : ''}.`
  const rows = state.names.map(one => [one.name, instant(one.setAt), one.user])
  const text = rows.length === 0 ? head : `${head}\n\n${asTable(['name', 'set', 'by'], rows)}`
  return { json: state, text, code: 0 }
}
