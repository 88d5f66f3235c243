import { expect, test } from 'vitest'
import { createRandom } from '../../../core/kit/random.ts'
import { type Fold, foldLines } from './fold-lines.ts'

/** Every line of a folded list, one after another, as a plain walk over the list gives them. */
function walked(total: number, folds: readonly Fold[], opens: boolean): string[] {
  const out: string[] = []
  for (let offset = 0; offset < total; offset++) {
    out.push(`row ${offset}`)
    const fold = folds.find(({ at }) => at === offset)
    if (!fold) continue
    if (opens) for (let index = 0; index < fold.children; index++) out.push(`${fold.cusip} ${index}`)
    else offset += fold.children
  }
  return out
}

const said = (lines: ReturnType<typeof foldLines>) =>
  Array.from({ length: lines.count }, (_, line) => {
    const place = lines.place(line)
    return place.kind === 'row' ? `row ${place.offset}` : `${place.cusip} ${place.index}`
  })

test.each([true, false])('lines are those of a walk over the list (groups that open: %s)', opens => {
  const random = createRandom(7)
  for (let round = 0; round < 300; round++) {
    const total = 1 + Math.floor(random.uniform() * 60)
    const folds: Fold[] = []
    for (let at = 0; at < total; at++) {
      if (random.uniform() > 0.2) continue
      const room = opens ? 9 : total - at - 1
      const children = Math.min(room, Math.floor(random.uniform() * 5))
      if (children > 0) folds.push({ cusip: `C${at}`, at, children })
      if (!opens) at += children
    }
    const lines = foldLines(total, folds.toReversed(), opens)
    expect(said(lines)).toEqual(walked(total, folds, opens))
  }
})

test('a row that is folded away is found at its parent', () => {
  const lines = foldLines(10, [{ cusip: 'C', at: 2, children: 3 }], false)
  expect([0, 2, 3, 5, 6, 9].map(lines.lineOf)).toEqual([0, 2, 2, 2, 3, 6])
  const opened = foldLines(10, [{ cusip: 'C', at: 2, children: 3 }], true)
  expect([0, 2, 3, 9].map(opened.lineOf)).toEqual([0, 2, 6, 12])
})

test('a fold beyond the end of a list that grew shorter counts for nothing', () => {
  expect(foldLines(3, [{ cusip: 'C', at: 5, children: 2 }], true).count).toBe(3)
})
