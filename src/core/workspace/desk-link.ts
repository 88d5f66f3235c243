/**
 * What a link may ask of the workstation: to show something, never to change anything.
 *
 * The same words stand in `contango://open?panel=chart&symbol=SPY` and behind the # of the page's own address.
 */
export interface DeskLink {
  readonly panel?: string
  readonly symbol?: string
  readonly workspace?: string
}

/** Why a link is not followed; `word` is what it asked for, short and printable. */
export type LinkRefusal =
  | { readonly kind: 'too-long' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'unknown-action'; readonly word: string }
  | { readonly kind: 'unknown-word'; readonly word: string }
  | { readonly kind: 'bad-value'; readonly word: string }

export type ReadLink = { readonly ok: true; readonly link: DeskLink } | { readonly ok: false; readonly refusal: LinkRefusal }

/** The scheme that the desktop registers. */
export const LINK_SCHEME = 'contango'
const LONGEST = 300

/** Every word with the form of its value; a link that holds anything else is refused as a whole. */
const WORDS: Readonly<Record<keyof DeskLink, RegExp>> = {
  panel: /^[a-z][a-z-]{0,31}$/,
  symbol: /^[A-Z0-9^][A-Z0-9.\-=^/ ]{0,31}$/i,
  workspace: /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u,
}

const isWord = (word: string): word is keyof DeskLink => Object.hasOwn(WORDS, word)
const no = (refusal: LinkRefusal): ReadLink => ({ ok: false, refusal })
const short = (text: string) => text.replace(/[^\w.-]/g, '').slice(0, 24)

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return null
  }
}

/** Reads `panel=chart&symbol=SPY`; each word at most once, and at least one. */
export function readLinkWords(text: string): ReadLink {
  if (text.length > LONGEST) return no({ kind: 'too-long' })
  const link: Partial<Record<keyof DeskLink, string>> = {}
  for (const part of text.split('&')) {
    const [word = '', raw, ...rest] = part.split('=')
    if (!isWord(word)) return no({ kind: 'unknown-word', word: short(word) })
    const value = raw === undefined || rest.length > 0 ? null : decoded(raw)
    if (value === null || link[word] !== undefined || !WORDS[word].test(value)) return no({ kind: 'bad-value', word })
    link[word] = value
  }
  return { ok: true, link }
}

/** Reads a whole `contango://` link, which anybody can have written. */
export function readDeskLink(text: string): ReadLink {
  if (text.length > LONGEST) return no({ kind: 'too-long' })
  const [, action, query] = /^contango:\/\/([a-z]+)\/?(?:\?([^#\s]*))?$/.exec(text) ?? []
  if (action === undefined) return no({ kind: 'unreadable' })
  if (action !== 'open') return no({ kind: 'unknown-action', word: short(action) })
  return query ? readLinkWords(query) : { ok: true, link: {} }
}

/** The words of a link, as they stand behind the # of the page's address. */
export function writeLinkWords(link: DeskLink): string {
  return Object.entries(link)
    .map(([word, value]) => `${word}=${encodeURIComponent(value)}`)
    .join('&')
}
