import { createInterface } from 'node:readline'
import { UsageError } from './arguments.ts'

const BACKSPACES = ['\u007f', '\b']
const [CTRL_C, CTRL_D] = ['\u0003', '\u0004']

/**
 * Something that must not be seen: typed without an echo at a terminal, else the first line of standard input.
 *
 * Never a flag: flags stand in the list of processes and in the history of the shell.
 */
export async function askSecret(prompt: string): Promise<string> {
  const { stdin } = process
  if (!stdin.isTTY) {
    for await (const line of createInterface({ input: stdin })) return expectSome(line)
    return expectSome('')
  }
  process.stderr.write(`${prompt}: `)
  stdin.setRawMode(true)
  stdin.setEncoding('utf8')
  let typed = ''
  try {
    for await (const piece of stdin as AsyncIterable<string>) {
      for (const key of piece) {
        if (key === CTRL_C) throw new UsageError('Cancelled. Nothing was changed.')
        if (key === '\r' || key === '\n' || key === CTRL_D) return expectSome(typed)
        typed = BACKSPACES.includes(key) ? typed.slice(0, -1) : typed + key
      }
    }
    return expectSome(typed)
  } finally {
    stdin.setRawMode(false)
    stdin.pause()
    process.stderr.write('\n')
  }
}

function expectSome(text: string): string {
  if (text === '') throw new UsageError('Nothing was given. Type it when asked, or send it on standard input.')
  return text
}
