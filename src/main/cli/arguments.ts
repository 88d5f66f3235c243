/** What a person typed does not fit; the message says what would. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export interface Flag {
  /** Name of its value in the help, null for a switch. */
  readonly value: string | null
  readonly what: string
  /** The values that it may have. */
  readonly choices?: readonly string[]
  /** It may be given more than once. */
  readonly repeats?: boolean
}

export interface CommandForm {
  /** What it takes besides flags, in order. */
  readonly takes: readonly string[]
  /** What may stand behind that. */
  readonly may?: readonly string[]
  readonly what: string
  readonly flags: Readonly<Record<string, Flag>>
}

export interface Arguments {
  readonly given: readonly string[]
  readonly flags: ReadonlyMap<string, readonly string[]>
}

/**
 * The words behind a command as its form has them: `--flag value`, `--flag=value`, and switches alone.
 *
 * Fails: UsageError for a flag that the command has not, with the nearest one; for a missing or a surplus word.
 */
export function readArguments(command: string, form: CommandForm, words: readonly string[]): Arguments {
  const given: string[] = []
  const flags = new Map<string, string[]>()
  let isPlain = false
  for (let k = 0; k < words.length; k++) {
    const word = words[k]!
    if (isPlain || !word.startsWith('-') || word === '-') {
      given.push(word)
    } else if (word === '--') {
      isPlain = true
    } else {
      const { name, value, used } = readFlag(command, form, word, words[k + 1])
      if (flags.has(name) && !form.flags[name]?.repeats) throw new UsageError(`--${name} is given twice.`)
      flags.set(name, [...(flags.get(name) ?? []), value])
      k += used
    }
  }
  const surplus = given[form.takes.length + (form.may?.length ?? 0)]
  if (surplus !== undefined)
    throw new UsageError(`${command} does not know what to do with '${surplus}'. Put quotes around text with spaces.`)
  return { given, flags }
}

/** The words with the command first: the flags that every command has (`--data DIR`, `--json`, `--help`) may stand before it. */
export function commandFirst(words: readonly string[]): readonly string[] {
  let at = 0
  while (at < words.length && /^(--data(=|$)|--json$|--help$|-h$)/.test(words[at]!)) at += words[at] === '--data' ? 2 : 1
  const before = words.slice(0, at)
  if (words[at] === 'help') return words.slice(at)
  if (at < words.length) return [words[at]!, ...words.slice(at + 1), ...before.map(word => (word === '-h' ? '--help' : word))]
  // No command at all: the help is what is asked for, or what answers.
  return ['help']
}

/** Whether help is asked for anywhere behind a command, but for what stands behind `--`. */
export function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--')
  return words.slice(0, end < 0 ? undefined : end).some(word => word === '--help' || word === '-h')
}

function readFlag(command: string, form: CommandForm, word: string, next: string | undefined) {
  const [name = '', inline] = word.replace(/^-+/, '').split(/=(.*)/s)
  const flag = Object.hasOwn(form.flags, name) ? form.flags[name] : undefined
  if (!flag || !word.startsWith('--')) {
    const near = nearest(name, Object.keys(form.flags))
    throw new UsageError(`${command} has no flag ${word.split('=', 1)[0]}.${near ? ` Did you mean --${near}?` : ''}`)
  }
  if (flag.value === null) {
    if (inline !== undefined) throw new UsageError(`--${name} stands alone, without a value.`)
    return { name, value: 'true', used: 0 }
  }
  const value = inline ?? next
  // A value may begin with a minus sign only where it is attached, so that a forgotten value is noticed.
  if (value === undefined || (inline === undefined && value.startsWith('--'))) {
    throw new UsageError(`--${name} needs a value after it: --${name} ${flag.value}.`)
  }
  if (flag.choices && !flag.choices.includes(value))
    throw new UsageError(`--${name} is one of ${flag.choices.join(', ')}; it was '${value}'.`)
  return { name, value, used: inline === undefined ? 1 : 0 }
}

/** The word of a list that is most like another one, null where none is like it. */
export function nearest(word: string, list: readonly string[]): string | null {
  const ranked = list.map(other => ({ other, far: distance(word, other) })).sort((a, b) => a.far - b.far)
  const best = ranked[0]
  return best && best.far <= Math.max(2, Math.floor(word.length / 3)) ? best.other : null
}

/** Insertions, deletions, replacements and neighbours swapped between two words (Damerau, restricted). */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  )
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, rows[i - 2]![j - 2]! + 1)
      rows[i]![j] = least
    }
  }
  return rows[a.length]![b.length]!
}
