import { expect, test } from 'vitest'
import { undoNames } from './undo-names.ts'

const said = (...kinds: string[]) =>
  kinds.map((kind, at) => ({ at, user: 'ana', kind, rows: at, field: null, text: null })).toReversed()
const named = (...kinds: string[]) => {
  const { undo, redo } = undoNames(said('opened', ...kinds))
  return [undo?.kind ?? null, redo?.kind ?? null]
}

test('undo names the last command that stands, redo the last that was taken back', () => {
  expect(named()).toEqual([null, null])
  expect(named('import', 'delete')).toEqual(['delete', null])
  expect(named('import', 'delete', 'undo')).toEqual(['import', 'delete'])
  expect(named('import', 'delete', 'undo', 'undo')).toEqual([null, 'import'])
  expect(named('import', 'delete', 'undo', 'undo', 'redo')).toEqual(['import', 'delete'])
})

test('another command ends what could be done again', () => {
  expect(named('import', 'delete', 'undo', 'edit')).toEqual(['edit', null])
})

test('a discard that was taken back is no command', () => {
  expect(named('import', 'discarded', 'restored')).toEqual(['import', null])
})
