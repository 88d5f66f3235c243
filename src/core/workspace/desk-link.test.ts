import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readDeskLink, readLinkWords, writeLinkWords } from './desk-link.ts'

describe('a link that shows something is followed', () => {
  test.each([
    ['contango://open', {}],
    ['contango://open/', {}],
    ['contango://open?panel=chart', { panel: 'chart' }],
    ['contango://open/?panel=chart&symbol=SPY', { panel: 'chart', symbol: 'SPY' }],
    ['contango://open?symbol=CLF27.NYM', { symbol: 'CLF27.NYM' }],
    ['contango://open?workspace=Desk%20A%C3%B1o', { workspace: 'Desk Año' }],
    ['contango://open?workspace=Morning+desk&panel=tape', { workspace: 'Morning desk', panel: 'tape' }],
  ])('%s', (text, link) => expect(readDeskLink(text)).toEqual({ ok: true, link }))
})

describe('a link that asks for more is refused as a whole', () => {
  test.each([
    ['contango://order?side=buy&symbol=SPY', { kind: 'unknown-action', word: 'order' }],
    ['contango://open?panel=chart&order=buy', { kind: 'unknown-word', word: 'order' }],
    ['contango://open?token=abc', { kind: 'unknown-word', word: 'token' }],
    ['contango://open?panel=chart&panel=log', { kind: 'bad-value', word: 'panel' }],
    ['contango://open?panel=../../etc', { kind: 'bad-value', word: 'panel' }],
    ['contango://open?symbol=%3Cscript%3E', { kind: 'bad-value', word: 'symbol' }],
    ['contango://open?symbol=%E0%A4%A', { kind: 'bad-value', word: 'symbol' }],
    ['contango://open?symbol=A=B', { kind: 'bad-value', word: 'symbol' }],
    ['contango://open?symbol', { kind: 'bad-value', word: 'symbol' }],
    ['contango://open?__proto__=x', { kind: 'unknown-word', word: '__proto__' }],
    ['contango://open?panel=chart#token=x', { kind: 'unreadable' }],
    ['contango://user:pass@open?panel=chart', { kind: 'unreadable' }],
    ['contango:open?panel=chart', { kind: 'unreadable' }],
    ['contango://open?panel=chart --data=/evil', { kind: 'unreadable' }],
    ['https://open?panel=chart', { kind: 'unreadable' }],
    ['CONTANGO://OPEN', { kind: 'unreadable' }],
    [`contango://open?symbol=${'A'.repeat(400)}`, { kind: 'too-long' }],
  ])('%s', (text, refusal) => expect(readDeskLink(text)).toEqual({ ok: false, refusal }))
})

test('what is written is read back', () => {
  fc.assert(
    fc.property(
      fc.record(
        { panel: fc.stringMatching(/^[a-z]{1,20}$/), symbol: fc.stringMatching(/^[A-Z][A-Z0-9.=^]{0,20}$/) },
        { requiredKeys: ['panel'] },
      ),
      link => {
        expect(readLinkWords(writeLinkWords(link))).toEqual({ ok: true, link })
      },
    ),
  )
})

test('nothing that a page can write breaks the reader', () => {
  fc.assert(fc.property(fc.string({ maxLength: 400 }), text => typeof readDeskLink(`contango://${text}`).ok === 'boolean'))
})
