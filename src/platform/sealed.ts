import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import type { ByteSink } from './tar.ts'

/** Why sealed bytes cannot be opened. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken'
  readonly problem: 'passphrase' | 'damaged' | 'cut-off'
  constructor(problem: SealBroken['problem']) {
    super(`the seal cannot be opened: ${problem}`)
    this.problem = problem
  }
}

const MAGIC = Buffer.from('CONTANGO-SEALED-1\n', 'latin1')
const SALT_BYTES = 16
const TAG_BYTES = 16
const PIECE = 1 << 20
/** 2^17: about 0.3 s and 128 MB for a guess, as OWASP's list of 2026 asks. */
const COST = 17
const HEAD_BYTES = MAGIC.length + SALT_BYTES + 1

function keyOf(passphrase: string, salt: Buffer, cost: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { N: 2 ** cost, r: 8, p: 1, maxmem: 256 * 2 ** cost * 8 }
    scrypt(passphrase.normalize('NFKC'), salt, 32, options, (fault, key) => (fault ? reject(fault) : resolve(key)))
  })
}

/** The number of a piece is its nonce, and its last byte says whether it is the last: none can be moved, left out or added. */
function nonceOf(count: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeBigUInt64BE(BigInt(count), 2)
  nonce[11] = isLast ? 1 : 0
  return nonce
}

/**
 * Seals what it is given with a passphrase and passes it on: AES-256-GCM in pieces of 1 MB under a key made by scrypt.
 *
 * Nothing passes on in the clear, and a sealed stream that was cut, changed or put in another order does not open.
 */
export async function sealTo(to: ByteSink, passphrase: string): Promise<{ readonly write: ByteSink; end(): Promise<void> }> {
  const salt = randomBytes(SALT_BYTES)
  const key = await keyOf(passphrase, salt, COST)
  await to(Buffer.concat([MAGIC, salt, Buffer.from([COST])]))
  let held = Buffer.alloc(0)
  let count = 0
  const seal = (piece: Uint8Array, isLast: boolean) => {
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(count++, isLast))
    return to(Buffer.concat([cipher.update(piece), cipher.final(), cipher.getAuthTag()]))
  }
  return {
    async write(piece) {
      held = held.length === 0 ? Buffer.from(piece) : Buffer.concat([held, piece])
      // One piece is always kept back, since the last one is marked.
      let at = 0
      for (; held.length - at > PIECE; at += PIECE) await seal(held.subarray(at, at + PIECE), false)
      held = held.subarray(at)
    },
    end: () => seal(held, true),
  }
}

/** Whether bytes begin as sealed ones do. */
export function isSealed(head: Uint8Array): boolean {
  return MAGIC.equals(head.subarray(0, MAGIC.length))
}

/**
 * Opens what sealTo made.
 *
 * Fails: SealBroken for a wrong passphrase, a changed byte or a missing end.
 */
export async function* unseal(source: AsyncIterable<Uint8Array>, passphrase: string): AsyncGenerator<Buffer, void> {
  let held = Buffer.alloc(0)
  let key: Buffer | null = null
  let count = 0
  const open = (piece: Buffer, isLast: boolean): Buffer => {
    try {
      const decipher = createDecipheriv('aes-256-gcm', key as Buffer, nonceOf(count, isLast))
      decipher.setAuthTag(piece.subarray(-TAG_BYTES))
      return Buffer.concat([decipher.update(piece.subarray(0, -TAG_BYTES)), decipher.final()])
    } catch {
      // The very first piece fails for a wrong passphrase; a damaged one cannot be told from that, later ones can.
      throw new SealBroken(isLast ? (count === 0 ? 'passphrase' : 'cut-off') : count === 0 ? 'passphrase' : 'damaged')
    }
  }
  for await (const piece of source) {
    held = held.length === 0 ? Buffer.from(piece) : Buffer.concat([held, piece])
    if (!key) {
      if (held.length < HEAD_BYTES) continue
      const cost = held[HEAD_BYTES - 1] as number
      if (!isSealed(held) || cost < 10 || cost > 22) throw new SealBroken('damaged')
      key = await keyOf(passphrase, held.subarray(MAGIC.length, MAGIC.length + SALT_BYTES), cost)
      held = held.subarray(HEAD_BYTES)
    }
    let at = 0
    for (; held.length - at > PIECE + TAG_BYTES; at += PIECE + TAG_BYTES, count++)
      yield open(held.subarray(at, at + PIECE + TAG_BYTES), false)
    held = held.subarray(at)
  }
  if (!key || held.length < TAG_BYTES) throw new SealBroken('cut-off')
  yield open(held, true)
}
