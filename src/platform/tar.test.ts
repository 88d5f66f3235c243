import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type SealBroken, sealTo, unseal } from './sealed.ts'
import { endTar, isInside, packBytes, packFile, TarDamaged, unpackTar } from './tar.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'contango-tar-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const FILES = { 'a.txt': 'one', 'deep/er/b.bin': 'x'.repeat(3_000_000), 'empty.csv': '', 'ñ.json': '{}' }

async function packed(files: Readonly<Record<string, string>> = FILES): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  const to = async (piece: Uint8Array) => void pieces.push(Buffer.from(piece))
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, 'in')
    writeFileSync(path, content)
    await packFile({ name, path }, to)
  }
  await endTar(to)
  return Buffer.concat(pieces)
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function unpacked(bytes: Uint8Array, size = 70_001): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  await unpackTar(inPieces(bytes, size), async name => ({
    whole: content => {
      found[name] = content.toString()
    },
  }))
  return found
}

async function sealed(bytes: Uint8Array, passphrase: string): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  const seal = await sealTo(async piece => void pieces.push(Buffer.from(piece)), passphrase)
  for await (const piece of inPieces(bytes, 333_333)) await seal.write(piece)
  await seal.end()
  return Buffer.concat(pieces)
}

async function unsealed(bytes: Uint8Array, passphrase: string): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of unseal(inPieces(bytes, 99_999), passphrase)) pieces.push(piece)
  return Buffer.concat(pieces)
}

describe('an archive', () => {
  test.each([1, 511, 512, 70_001, 10_000_000])('gives back every file when it is read %i bytes at a time', async size => {
    if (size === 1) expect(await unpacked(await packed({ 'a.txt': 'one' }), 1)).toEqual({ 'a.txt': 'one' })
    else expect(await unpacked(await packed(), size)).toEqual(FILES)
  })

  test('is one that the tar of the system reads', async () => {
    const file = join(folder, 'out.tar')
    writeFileSync(file, await packed())
    expect(execFileSync('tar', ['-tf', file], { encoding: 'utf8' }).trim().split('\n')).toHaveLength(4)
    expect(execFileSync('tar', ['-xOf', file, 'a.txt'], { encoding: 'utf8' })).toBe('one')
  })

  test('that ends too early names the file in which it does', async () => {
    const whole = await packed()
    await expect(unpacked(whole.subarray(0, 2_000_000))).rejects.toThrow(new TarDamaged('it ends too early', 'deep/er/b.bin'))
    await expect(unpacked(whole.subarray(0, -1024))).rejects.toThrow('it ends too early')
  })

  test('with a changed header, a link or a name that leaves the folder is refused', async () => {
    const changed = await packed()
    changed[124] = 0x37
    await expect(unpacked(changed)).rejects.toThrow('a header does not match its checksum')
    for (const name of ['../evil', '/etc/passwd', 'a/../../b', 'C:/x', 'a\\b', '', './a'])
      expect([name, isInside(name)]).toEqual([name, false])
    const pieces: Uint8Array[] = []
    await packBytes('../evil', Buffer.from('x'), async piece => void pieces.push(piece))
    await expect(unpacked(Buffer.concat(pieces))).rejects.toThrow('outside of the folder')
  })

  test('refuses a file that became shorter while it was read', async () => {
    const path = join(folder, 'shrinks')
    writeFileSync(path, 'x'.repeat(5_000_000))
    const shrink = async () => {
      const file = await open(path, 'r+')
      await file.truncate(100)
      await file.close()
    }
    let pieces = 0
    const to = async () => {
      if (++pieces === 2) await shrink()
    }
    await expect(packFile({ name: 'shrinks', path }, to)).rejects.toThrow('became shorter')
  })
})

describe('a seal', () => {
  const bytes = Buffer.alloc(3_500_000, 'market')

  test.each([0, 1, 1 << 20, (1 << 20) + 1, 3_500_000])('gives back %i bytes', async length => {
    const part = bytes.subarray(0, length)
    expect(Buffer.compare(await unsealed(await sealed(part, 'ñ pass'), 'ñ pass'), part)).toBe(0)
  })

  test('does not open with another passphrase, after a changed byte, cut off, or with its pieces in another order', async () => {
    const good = await sealed(bytes, 'right')
    expect(good.includes('marketmarket')).toBe(false)
    const problem = (change: Uint8Array, passphrase = 'right') =>
      unsealed(change, passphrase).then(
        () => 'opened',
        fault => (fault as SealBroken).problem,
      )
    const changed = Buffer.from(good)
    changed[2_000_000]! ^= 1
    const piece = (1 << 20) + 16
    const head = good.length - (good.length - 35)
    const swapped = Buffer.concat([
      good.subarray(0, head),
      good.subarray(head + piece, head + 2 * piece),
      good.subarray(head, head + piece),
      good.subarray(head + 2 * piece),
    ])
    expect(await problem(good, 'wrong')).toBe('passphrase')
    expect(await problem(changed)).toBe('damaged')
    expect(await problem(good.subarray(0, -5))).toBe('cut-off')
    // Cut exactly between two pieces: only the mark of the last one tells.
    expect(await problem(good.subarray(0, head + 2 * piece))).toBe('cut-off')
    expect(await problem(swapped)).not.toBe('opened')
    expect(await problem(good.subarray(0, 20))).toBe('cut-off')
  })
})
