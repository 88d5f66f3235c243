import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { inkOn } from './chart-colors.ts'

const tokens = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')

function luminanceOf(parts: readonly number[]): number {
  const [red, green, blue] = parts.map(part => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}

test('the label of every colour that lines and prices have can be read', () => {
  const found = [...tokens.matchAll(/--(?:up|down|accent|text-2|link-[a-f]): #([0-9a-f]{6})/g)].map(([, hex]) => hex!)
  expect(found.length).toBeGreaterThan(20)
  const contrasts = found.map(hex => {
    const parts = [0, 2, 4].map(at => Number.parseInt(hex.slice(at, at + 2), 16))
    const ground = luminanceOf(parts)
    return inkOn(`rgb(${parts.join(', ')})`) === 'black' ? (ground + 0.05) / 0.05 : 1.05 / (ground + 0.05)
  })
  expect(Math.min(...contrasts)).toBeGreaterThanOrEqual(4.5)
})

test('black is on light colours and white on dark ones, also where the library would put it the other way round', () => {
  expect(['rgb(255, 123, 114)', 'rgb(255, 138, 101)', 'rgb(173, 78, 0)', 'rgba(11, 95, 194, 1)'].map(inkOn)).toEqual([
    'black',
    'black',
    'white',
    'white',
  ])
})
