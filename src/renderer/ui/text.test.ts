import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ERRORS } from '../../contract/errors.ts'
import { REASONS, reasonOf } from '../../contract/reasons.ts'
import { SETTINGS } from '../../platform/config.ts'
import { PANELS } from '../panels.ts'
import { CATALOGUE, isTextKey, reasonWords } from './text.ts'

const { en, es } = CATALOGUE as unknown as Record<'en' | 'es', Readonly<Record<string, string>>>
const placeholders = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(match => match[1]))].sort()

/** Words that are the same in both languages; every other sentence that is equal was forgotten. */
const SAME_IN_BOTH = new Set([
  'Demo',
  'DEMO',
  'Bid',
  'Ask',
  'bytes',
  'SQL',
  'Info',
  'Error',
  'English',
  'Español',
  'Chicago',
  'DEMO · {title}',
  'Total',
  'Hash',
  'Aroon',
  'Vol',
  'Vol MA',
  'Ticks',
  'Esc',
  'no',
  'Stoch',
  'Series',
  'Parquet',
  // Names of columns of the color desk.
  ...['Color', 'Ticker', 'Sector', 'Conf'],
  // Words of an options desk, which trades in English names.
  ...['Strike', 'Strike {text}', 'Call', 'Calls', 'Put', 'Puts', 'Forward', 'Black-76', 'Bachelier', 'Resid.'],
  ...['Delta', 'Gamma', 'Vega', 'Theta', 'Vanna', 'Volga', 'Charm', 'Vega/pt', 'Theta/d', 'Vanna/pt', 'Volga/pt', 'Charm/d'],
])
/** Only figures, signs and names in capitals, as those of indicators: nothing to translate. */
const hasNoWords = (text: string) => !/\p{L}*\p{Ll}\p{L}+/u.test(text.replace(/\{\w+\}/g, ''))

/** English words that no Spanish sentence contains; a sentence with one was left half translated. */
const ENGLISH =
  /(?<!\p{L})(the|and|with|from|this|that|which|show|hide|open|loading|settings|cancel|close|chart|watchlist)(?!\p{L})/iu
const isEnglish = (text: string) => ENGLISH.test(text.replace(/\{\w+\}/g, ''))
/** SQL is written in English everywhere, and the button that leads to English is so on purpose. */
const IN_ENGLISH = new Set(['status.switchLanguage', 'sql.placeholder'])

describe('the catalogue', () => {
  it('has every key in both languages', () => {
    expect(Object.keys(es).sort()).toEqual(Object.keys(en).sort())
    expect(Object.keys(en).length).toBeGreaterThan(300)
  })

  it('fills the same placeholders in both languages', () => {
    const differing = Object.keys(en).filter(key => `${placeholders(en[key]!)}` !== `${placeholders(es[key] ?? '')}`)
    expect(differing).toEqual([])
  })

  it('has no sentence that is empty or has spaces at its ends', () => {
    const bad = Object.entries({ ...en, ...es }).filter(([, text]) => text === '' || text !== text.trim())
    expect(bad).toEqual([])
  })

  it('leaves no English in Spanish', () => {
    const equal = Object.keys(en).filter(key => {
      const same = en[key] === es[key]
      return same && !SAME_IN_BOTH.has(en[key]!) && !hasNoWords(en[key]!) && !/^setting\.language|^sql\.placeholder$/.test(key)
    })
    expect(equal).toEqual([])
    const mixed = Object.keys(es).filter(key => isEnglish(es[key]!) && !IN_ENGLISH.has(key))
    expect(mixed.map(key => es[key])).toEqual([])
  })

  it('notices a sentence that was forgotten or half translated', () => {
    expect(isEnglish('Cerrar the panel')).toBe(true)
    expect(isEnglish('Se canceló {close}')).toBe(false)
    expect(hasNoWords('Loading')).toBe(false)
    expect(placeholders('{a} of {b}')).not.toEqual(placeholders('{a} de {c}'))
  })

  it('gives both forms of every plural', () => {
    const ones = Object.keys(en).filter(key => key.endsWith('_one'))
    expect(ones.length).toBeGreaterThan(0)
    expect(ones.filter(key => !(key.replace(/_one$/, '_other') in en))).toEqual([])
  })

  it('names every panel and every setting with its choices', () => {
    expect(PANELS.map(panel => panel.title).filter(key => !isTextKey(key))).toEqual([])
    const unnamed = SETTINGS.flatMap(setting => [
      `setting.${setting.key}`,
      `setting.group.${setting.group}`,
      // Zones of the world are shown as they are called.
      ...setting.choices.filter(choice => !/[/]|^UTC$/.test(choice)).map(choice => `setting.${setting.key}.${choice}`),
    ]).filter(key => !isTextKey(key))
    expect(unnamed).toEqual([])
  })
})

describe('the errors of the contract', () => {
  it('say the same in both languages, with the same data', () => {
    const differing = Object.entries(ERRORS).filter(
      ([, { message, es: spanish }]) => `${placeholders(message)}` !== `${placeholders(spanish)}`,
    )
    expect(differing.map(([code]) => code)).toEqual([])
    expect(Object.values(ERRORS).filter(({ message, es: spanish }) => (message as string) === spanish)).toEqual([])
  })
})

describe('the reasons of the host', () => {
  it('have a sentence in both languages, with what each carries', () => {
    const worded = Object.entries(REASONS).map(([key, carried]) => [`reason.${key}`, carried === null ? [] : [carried]])
    for (const [key, carried] of worded as [string, string[]][])
      expect(placeholders(en[key] ?? `${key} has no text`), key).toEqual(carried)
    expect(
      Object.keys(en)
        .filter(key => key.startsWith('reason.'))
        .sort(),
    ).toEqual(worded.map(([key]) => key).sort())
  })

  it('are only ever written by way of the list, so that none goes to the page without words', () => {
    const host = new URL('../../main/', import.meta.url)
    const written = readdirSync(host, { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.ts') && /['`]reason\./.test(readFileSync(new URL(file, host), 'utf8')))
      .filter(file => !file.endsWith('.test.ts'))
    expect(written).toEqual([])
  })

  it('read as sentences, and what a source says itself stays as it is', () => {
    expect(reasonWords(reasonOf('delayed-by', 15))).toBe('the exchange publishes it 15 minutes late')
    expect(reasonWords(reasonOf('credential-missing', 'EIA_KEY, FRED_KEY'))).toBe(
      'the source needs EIA_KEY, FRED_KEY, which is not set',
    )
    expect(reasonWords('the network is not there')).toBe('the network is not there')
    expect(reasonWords('reason.of-tomorrow 3')).toBe('reason.of-tomorrow 3')
  })
})

describe('the files of the catalogue', () => {
  it('are all merged into it', () => {
    const folder = new URL('./text/', import.meta.url)
    const files = readdirSync(folder)
    const merged = readFileSync(new URL('./text.ts', import.meta.url), 'utf8')
    // A large one may be split; then one of the others takes the part in.
    const parts = files.map(file => readFileSync(new URL(file, folder), 'utf8')).join('')
    const forgotten = files.filter(file => !merged.includes(`./text/${file}'`) && !parts.includes(`'./${file}'`))
    expect(forgotten).toEqual([])
  })
})
