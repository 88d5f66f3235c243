/** A chord as it stands in the table of commands: `Mod+K`, `Alt+Shift+ArrowLeft`, `F6`, `?`. Mod is Ctrl, or Cmd on a Mac. */
export type Chord = string

interface Parts {
  readonly mod: boolean
  readonly alt: boolean
  readonly shift: boolean
  readonly key: string
}

function parse(chord: Chord): Parts {
  // The plus key itself ends a chord as in `Mod++`.
  const parts = chord.endsWith('++') ? [...chord.slice(0, -2).split('+'), '+'] : chord.split('+')
  const key = parts.at(-1) ?? ''
  return { mod: parts.includes('Mod'), alt: parts.includes('Alt'), shift: parts.includes('Shift'), key }
}

const CODES: Readonly<Record<string, string>> = { '.': 'Period', ',': 'Comma', '=': 'Equal', '-': 'Minus' }

function codeOf(key: string): string | null {
  if (/^[A-Z]$/.test(key)) return `Key${key}`
  if (/^[0-9]$/.test(key)) return `Digit${key}`
  return CODES[key] ?? null
}

type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

/** Whether that key press is the chord. With Alt the key's place counts, since Alt changes what a key writes. */
export function matches(chord: Chord, event: Pressed, isMac: boolean): boolean {
  const { mod, alt, shift, key } = parse(chord)
  if ((isMac ? event.metaKey : event.ctrlKey) !== mod || event.altKey !== alt) return false
  if (isMac ? event.ctrlKey : event.metaKey) return false
  // A sign such as ? says itself whether Shift is needed, and where it lies differs between keyboards.
  if (key.length === 1 && !/[A-Z0-9]/.test(key) && !alt && !mod) return event.key === key
  if (event.shiftKey !== shift) return false
  const code = alt ? codeOf(key) : null
  return code !== null ? event.code === code : event.key.toLowerCase() === key.toLowerCase()
}

const SIGNS: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
}
const MAC: Readonly<Record<string, string>> = { Mod: '⌘', Alt: '⌥', Shift: '⇧' }

/** The chord as its keys are labelled: `Ctrl`, `K`, or `⌘`, `K`. */
export function keysOf(chord: Chord, isMac: boolean): string[] {
  const { mod, alt, shift, key } = parse(chord)
  const name = (part: string) => (isMac ? (MAC[part] ?? part) : part === 'Mod' ? 'Ctrl' : part)
  return [...(mod ? [name('Mod')] : []), ...(alt ? [name('Alt')] : []), ...(shift ? [name('Shift')] : []), SIGNS[key] ?? key]
}

export const IS_MAC = typeof navigator !== 'undefined' && /mac/i.test(navigator.userAgent)

/** Whether keys typed there are text, so that plain keys are not commands. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}
