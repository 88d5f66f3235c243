import { describe, expect, it } from 'vitest'
import { PANELS } from '../panels.ts'
import { subjectOf } from './bench.ts'
import { EMPTY_LAYOUT, nextPanelId, readLayout, shapeOf } from './layout.ts'
import { PRESETS, pictureOf, presetLayout } from './presets.ts'

describe('a stored layout', () => {
  it('comes back as it was', () => {
    const layout = presetLayout(PRESETS[0]!, { A: 'CLZ26.DEMO' })
    expect(readLayout(JSON.parse(JSON.stringify(layout)))).toEqual({ layout, lost: [], whole: true })
  })

  it('keeps its other panels when one is of a kind that is gone', () => {
    const layout = presetLayout(PRESETS[0]!, {})
    const stored = { ...layout, panels: { ...layout.panels, 'ladder-1': { kind: 'ladder', params: {} } } }
    const read = readLayout(stored)
    expect(read.lost).toEqual(['ladder'])
    expect(read.layout.panels).toEqual(layout.panels)
  })

  it('that is no layout is an empty one, and is said to be broken', () => {
    for (const broken of ['x', 7, [], { version: 2 }, { version: 1, panels: 3 }])
      expect(readLayout(broken)).toEqual({ layout: EMPTY_LAYOUT, lost: [], whole: false })
    for (const blank of [null, undefined, {}]) expect(readLayout(blank).whole).toBe(true)
  })

  it('has the same shape when only an edge was dragged', () => {
    const { dock } = presetLayout(PRESETS[0]!, {})
    const dragged = JSON.parse(JSON.stringify(dock).replaceAll('"size":1000', '"size":900'))
    expect(shapeOf(dragged)).toBe(shapeOf(dock!))
    const closed = JSON.parse(JSON.stringify(dock).replace('"log-1"', '"log-2"'))
    expect(shapeOf(closed)).not.toBe(shapeOf(dock!))
  })
})

describe('a panel', () => {
  const layout = presetLayout(PRESETS[1]!, { A: 'SPY.DEMO' })

  it('shows the symbol of its link group, and its own outside of one', () => {
    const chart = Object.keys(layout.panels).find(id => layout.panels[id]?.kind === 'chart')!
    expect(subjectOf(layout, chart)).toBe('SPY.DEMO')
    const alone = { ...layout, panels: { [chart]: { ...layout.panels[chart]!, link: null, subject: 'AAPL.DEMO' } } }
    expect(subjectOf(alone, chart)).toBe('AAPL.DEMO')
    expect(subjectOf(layout, 'nobody')).toBeNull()
  })

  it('gets an id that no other panel has', () => {
    expect(nextPanelId('chart', { 'chart-1': 1, 'chart-2': 1 })).toBe('chart-3')
  })
})

describe('the ready-made workspaces', () => {
  it.each(PRESETS.map(preset => [preset.key, preset] as const))('%s fills the whole area with known panels', (_, preset) => {
    const boxes = pictureOf(preset.root)
    expect(boxes.reduce((sum, box) => sum + box.w * box.h, 0)).toBeCloseTo(1, 9)
    const kinds = PANELS.map(panel => panel.kind as string)
    expect(boxes.every(box => kinds.includes(box.kind))).toBe(true)
    const { dock, panels } = presetLayout(preset, {})
    expect(Object.keys(dock!.panels).sort()).toEqual(Object.keys(panels).sort())
  })
})
