import { describe, expect, test } from 'vitest'
import { translate } from '../../ui/text.ts'
import { linesOf } from './line-diff.ts'
import { changeWords, fieldWords } from './log-words.ts'

describe('a changed field', () => {
  test('is named by where it stands', () => {
    expect(fieldWords('priority')).toBe('priority')
    expect(fieldWords('when.of[0].value')).toBe('condition 1 › value')
    expect(fieldWords('when.of[1].of[0].operator')).toBe('condition 2.1 › operator')
    expect(fieldWords('ranks.BWIC COVER')).toBe('rank of › BWIC COVER')
    expect(fieldWords('rowCap')).toBe('row cap')
  })

  test('is told whole where it is short, and by its words where it is long', () => {
    const words = (before: string | null, after: string | null) => changeWords({ field: 'x', before, after }, translate)
    expect(words('10', '20')).toEqual([
      { kind: 'removed', text: '10' },
      { kind: 'added', text: '20' },
    ])
    expect(words('true', null)).toEqual([{ kind: 'removed', text: 'yes' }])
    expect(words(null, '')).toEqual([{ kind: 'added', text: 'nothing' }])
    expect(words('Runs of {{day}} for the desk', 'Runs of {{day}} for all')).toEqual([
      { kind: 'same', text: 'Runs of {{day}} for' },
      { kind: 'removed', text: 'the desk' },
      { kind: 'added', text: 'all' },
    ])
  })
})

describe('lines of two states', () => {
  const text = (changed: string) => ['a', 'b', 'c', 'd', 'e', 'f', changed, 'h'].join('\n')

  test('show what differs with the lines around it', () => {
    expect(linesOf(text('g'), text('G'))).toEqual([
      { kind: 'skipped', count: 3 },
      { kind: 'same', text: 'd' },
      { kind: 'same', text: 'e' },
      { kind: 'same', text: 'f' },
      { kind: 'removed', text: 'g' },
      { kind: 'added', text: 'G' },
      { kind: 'same', text: 'h' },
    ])
  })

  test('are all new where there was nothing', () => {
    expect(linesOf(null, 'a\nb')).toEqual([
      { kind: 'added', text: 'a' },
      { kind: 'added', text: 'b' },
    ])
    expect(linesOf('a', null)).toEqual([{ kind: 'removed', text: 'a' }])
  })
})
