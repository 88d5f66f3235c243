import type { ColorProblemWire } from '../../../contract/color.ts'
import type { IntakePreview } from '../../../contract/color-intake.ts'

/** A cell of the preview; column -1 is the number of the row. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** Problems by where they stand in the rows that are shown. */
export interface ProblemPlaces {
  at(place: Place): readonly ColorProblemWire[]
  /** The next one behind a cell, or before it; wraps around. Null where there is none of that kind. */
  next(from: Place, by: 1 | -1, kind: string | null): Place | null
}

const ROW_NUMBER = -1
const NONE: readonly ColorProblemWire[] = []
const keyOf = ({ line, column }: Place) => `${line} ${column}`

/** Finds the cells that problems are about: they name the row as the file counts and the column as the file calls it. */
export function placesOf({ rows, problems, columns }: Pick<IntakePreview, 'rows' | 'problems' | 'columns'>): ProblemPlaces {
  const lineOf = new Map(rows.map(({ row }, line) => [row, line]))
  const columnOf = new Map(columns.map(({ name }, at): [string, number] => [name || `column ${at + 1}`, at]).reverse())
  // A column that the file has not is meant by its own name; its problem stands at the row.
  const byPlace = new Map<string, ColorProblemWire[]>()
  const places: Place[] = []
  for (const problem of problems) {
    const line = problem.row === null ? undefined : lineOf.get(problem.row)
    if (line === undefined) continue
    const place = { line, column: problem.column === null ? ROW_NUMBER : (columnOf.get(problem.column) ?? ROW_NUMBER) }
    const there = byPlace.get(keyOf(place))
    if (there) there.push(problem)
    else {
      byPlace.set(keyOf(place), [problem])
      places.push(place)
    }
  }
  places.sort((a, b) => a.line - b.line || a.column - b.column)
  const at = (place: Place) => byPlace.get(keyOf(place)) ?? NONE
  return {
    at,
    next(from, by, kind) {
      const meant = kind === null ? places : places.filter(place => at(place).some(problem => problem.kind === kind))
      if (meant.length === 0) return null
      const isBehind = (place: Place) => place.line - from.line || place.column - from.column
      if (by === 1) return meant.find(place => isBehind(place) > 0) ?? meant[0]!
      return meant.findLast(place => isBehind(place) < 0) ?? meant.at(-1)!
    },
  }
}
