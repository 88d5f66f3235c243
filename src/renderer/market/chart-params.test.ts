import { describe, expect, test } from 'vitest'
import { INDICATORS } from '../../core/indicators/table.ts'
import { CATALOGUE } from '../ui/text.ts'
import { chartCommand } from './chart-keys.ts'
import { chartChoice, newIndicator, typedTimeframe } from './chart-params.ts'

const press = (key: string, more: Partial<{ altKey: boolean; ctrlKey: boolean; shiftKey: boolean }> = {}) => ({
  key,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  ...more,
})

describe('a typed timeframe', () => {
  test.each([
    ['5', '5m'],
    ['5m', '5m'],
    ['60', '1h'],
    ['60m', '1h'],
    ['120', '2h'],
    ['1h', '1h'],
    ['4H', '4h'],
    ['24h', '1d'],
    ['d', '1d'],
    ['1D', '1d'],
    ['w', '1w'],
    ['1w', '1w'],
    ['M', '1M'],
    ['1M', '1M'],
    [' 15 ', '15m'],
  ])('%s is %s', (text, timeframe) => expect(typedTimeframe(text)).toBe(timeframe))
  test.each(['', 'm', '0', '7', '3h', '2d', '1x', 'h1', '55555', '5 m'])('%j is none', text =>
    expect(typedTimeframe(text)).toBeNull(),
  )
})

describe('keys', () => {
  test('a figure begins a timeframe, and Enter takes it', () => {
    expect(chartCommand(press('5'), '')).toEqual({ do: 'type', text: '5' })
    expect(chartCommand(press('h'), '1')).toEqual({ do: 'type', text: '1h' })
    expect(chartCommand(press('Enter'), '1h')).toEqual({ do: 'timeframe', timeframe: '1h' })
    expect(chartCommand(press('Enter'), '7')).toEqual({ do: 'type', text: '' })
    expect(chartCommand(press('Backspace'), '15')).toEqual({ do: 'type', text: '1' })
    expect(chartCommand(press('Escape'), '15')).toEqual({ do: 'type', text: '' })
  })
  test('letters are commands only while nothing is being typed', () => {
    expect(chartCommand(press('i'), '')).toEqual({ do: 'indicators' })
    expect(chartCommand(press('i'), '5')).toBeNull()
  })
  test('arrows pan and, with Shift, move the crosshair', () => {
    expect(chartCommand(press('ArrowLeft'), '')).toEqual({ do: 'pan', rows: -10 })
    expect(chartCommand(press('ArrowLeft', { shiftKey: true }), '')).toEqual({ do: 'cross', rows: -1 })
  })
  test('Alt S is the picture, and what belongs to the page is left to it', () => {
    expect(chartCommand(press('s', { altKey: true }), '')).toEqual({ do: 'picture' })
    expect(chartCommand(press('k', { ctrlKey: true }), '')).toBeNull()
    expect(chartCommand(press('Tab'), '')).toBeNull()
  })
})

describe('what was stored of a chart', () => {
  test('nothing stored gives the usual chart', () =>
    expect(chartChoice({})).toEqual({
      timeframe: '5m',
      style: null,
      scale: 'linear',
      showVolume: true,
      compare: [],
      indicators: [],
    }))
  test('what no longer exists or is out of range does not break it', () => {
    const choice = chartChoice({
      timeframe: '7m',
      style: 'kagi',
      scale: 3,
      compare: ['SPY.DEMO', 4],
      indicators: [
        { id: 'a', name: 'sma', values: { period: 0 } },
        { id: 'b', name: 'gone' },
        { id: 'c', name: 'rsi', values: { period: 9 }, colors: ['#123456'], isHidden: true },
        null,
      ],
    })
    expect(choice.timeframe).toBe('5m')
    expect(choice.compare).toEqual(['SPY.DEMO'])
    expect(choice.indicators.map(({ name }) => name)).toEqual(['sma', 'rsi'])
    expect(choice.indicators[0]?.values.period).toBe(20)
    expect(choice.indicators[1]).toMatchObject({ values: { period: 9 }, colors: ['#123456'], isHidden: true })
  })
  test('a new indicator takes an id and a colour of its own', () => {
    const first = newIndicator('sma', [])
    const second = newIndicator('sma', [first])
    expect(second.id).not.toBe(first.id)
    expect(second.colors[0]).not.toBe(first.colors[0])
    expect(new Set(newIndicator('bollinger', []).colors).size).toBe(1)
  })
})

test('every indicator, output, parameter and choice has its word in both languages', () => {
  const keys = INDICATORS.flatMap(({ name, outputs, params }) => [
    `indicator.${name}`,
    `indicator.${name}.short`,
    ...outputs.map(output => `output.${output.name}`),
    ...Object.keys(params).map(parameter => `parameter.${parameter}`),
    ...Object.values(params).flatMap(spec => (spec.kind === 'choice' ? spec.choices.map(choice => `choice.${choice}`) : [])),
  ])
  for (const words of [CATALOGUE.en, CATALOGUE.es]) expect(keys.filter(key => !(key in words))).toEqual([])
})
