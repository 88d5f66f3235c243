import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Secret } from './secret.ts'
import { type SecretStore, SecretsClosed } from './secrets.ts'

/** 2^17: about 0.3 s and 128 MB for each guess at the passphrase. */
const COST = 17
const CHECK = '.check'

interface Sealed {
  readonly nonce: string
  readonly tag: string
  readonly data: string
}

interface SecretsFile {
  readonly format: 1
  readonly id: string
  readonly salt: string
  readonly cost: number
  /** Opens with the right passphrase, so that a wrong one is told from a damaged entry. */
  readonly check: Sealed
  readonly entries: Readonly<Record<string, Sealed>>
}

/** A file of secrets that was opened with its passphrase. */
export interface OpenSecretsFile extends SecretStore {
  /** Forgets the key. */
  close(): void
}

/**
 * Makes a file of secrets that has none yet.
 *
 * Values are AES-256-GCM under a key that scrypt makes of the passphrase; their names can be read, as they can in the journal.
 * Fails: an Error where the file is there already.
 */
export async function createSecretsFile(file: string, id: string, passphrase: Secret): Promise<OpenSecretsFile> {
  const salt = randomBytes(16)
  const key = await keyOf(passphrase, salt, COST)
  const content: SecretsFile = {
    ...{ format: 1, id, salt: salt.toString('base64'), cost: COST },
    ...{ check: seal(key, `${id} ${CHECK}`, id), entries: {} },
  }
  await save(file, content, 'wx')
  return openWith(file, content, key)
}

/** Id of the file, null where there is none. Fails: SecretsClosed where it is damaged. */
export async function secretsFileId(file: string): Promise<string | null> {
  const content = await readFile(file, 'utf8').catch(fault => {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new SecretsClosed('damaged', (fault as Error).message)
  })
  return content === null ? null : parse(content).id
}

/** Fails: SecretsClosed for a wrong passphrase, and where the file is missing or damaged. */
export async function openSecretsFile(file: string, passphrase: Secret): Promise<OpenSecretsFile> {
  const text = await readFile(file, 'utf8').catch(fault => {
    throw new SecretsClosed((fault as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'damaged')
  })
  const content = parse(text)
  const key = await keyOf(passphrase, Buffer.from(content.salt, 'base64'), content.cost)
  if (unseal(key, `${content.id} ${CHECK}`, content.check) !== content.id) throw new SecretsClosed('passphrase')
  return openWith(file, content, key)
}

function openWith(file: string, first: SecretsFile, key: Buffer): OpenSecretsFile {
  let content = first
  let line: Promise<unknown> = Promise.resolve()
  const change = (entries: SecretsFile['entries']): Promise<void> => {
    const next = { ...content, entries }
    content = next
    const done = line.then(() => save(file, next, 'w'))
    line = done.catch(() => undefined)
    return done
  }
  return {
    async read(account) {
      const sealed = content.entries[account]
      if (!sealed) return null
      const value = unseal(key, `${content.id} ${account}`, sealed)
      if (value === null) throw new SecretsClosed('damaged', account)
      return new Secret(value)
    },
    write: (account, value) => change({ ...content.entries, [account]: seal(key, `${content.id} ${account}`, value.reveal()) }),
    async erase(account) {
      if (!Object.hasOwn(content.entries, account)) return false
      const { [account]: _, ...others } = content.entries
      await change(others)
      return true
    },
    close: () => void key.fill(0),
  }
}

function parse(text: string): SecretsFile {
  try {
    const found = JSON.parse(text) as Partial<SecretsFile>
    const { format, id, salt, cost, check, entries } = found
    const isWhole =
      format === 1 && typeof id === 'string' && typeof salt === 'string' && typeof cost === 'number' && check && entries
    // A cost out of all proportion would be a way to stop the host.
    if (isWhole && cost >= 10 && cost <= 20) return found as SecretsFile
  } catch {
    // Said below.
  }
  throw new SecretsClosed('damaged', 'it is not a file of secrets')
}

function keyOf(passphrase: Secret, salt: Buffer, cost: number): Promise<Buffer> {
  const options = { N: 2 ** cost, r: 8, p: 1, maxmem: 256 * 2 ** cost * 8 }
  return new Promise((resolve, reject) => {
    scrypt(passphrase.reveal().normalize('NFKC'), salt, 32, options, (fault, key) => (fault ? reject(fault) : resolve(key)))
  })
}

/** The place of a value is sealed with it: an entry that was moved to another name or file does not open. */
function seal(key: Buffer, place: string, value: string): Sealed {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place))
  const data = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()])
  return { nonce: nonce.toString('base64'), tag: cipher.getAuthTag().toString('base64'), data: data.toString('base64') }
}

function unseal(key: Buffer, place: string, { nonce, tag, data }: Sealed): string | null {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'), { authTagLength: 16 })
    decipher.setAAD(Buffer.from(place)).setAuthTag(Buffer.from(tag, 'base64'))
    return Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}

/** Written aside, synced and moved: a crash leaves the old file or the new one. */
async function save(file: string, content: SecretsFile, how: 'w' | 'wx'): Promise<void> {
  if (how === 'wx') await (await open(file, 'wx', 0o600)).close()
  const aside = `${file}.new`
  const handle = await open(aside, 'w', 0o600)
  try {
    await handle.writeFile(`${JSON.stringify(content)}\n`)
    await handle.sync()
  } catch (fault) {
    await rm(aside, { force: true })
    throw fault
  } finally {
    await handle.close()
  }
  await rename(aside, file)
  // A folder cannot be opened for syncing on Windows; its journal does that.
  const folder = await open(dirname(file), 'r').catch(() => null)
  await folder?.sync().catch(() => undefined)
  await folder?.close()
}
