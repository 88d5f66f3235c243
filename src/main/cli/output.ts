/** A cell as a person reads it; what is missing is a dash. */
function shown(cell: unknown): string {
  if (cell === null || cell === undefined) return '—'
  const text = typeof cell === 'object' ? JSON.stringify(cell) : String(cell)
  // Control characters could repaint the terminal.
  return text.replace(/\p{Cc}/gu, ' ')
}

const LONGEST_CELL = 80

/** A table for the terminal: numbers to the right, the rest to the left. */
export function asTable(names: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const cells = rows.map(row =>
    row.map(cell => (shown(cell).length > LONGEST_CELL ? `${shown(cell).slice(0, LONGEST_CELL - 1)}…` : shown(cell))),
  )
  const widths = names.map((name, k) => cells.reduce((most, row) => Math.max(most, row[k]?.length ?? 0), shown(name).length))
  const isNumeric = names.map(
    (_, k) => rows.some(row => typeof row[k] === 'number') && rows.every(row => typeof row[k] === 'number' || row[k] === null),
  )
  const line = (row: readonly string[]) =>
    row
      .map((cell, k) => (isNumeric[k] ? cell.padStart(widths[k]!) : cell.padEnd(widths[k]!)))
      .join('  ')
      .trimEnd()
  return [line(names.map(shown)), line(widths.map(width => '─'.repeat(width))), ...cells.map(line)].join('\n')
}

/** Rows as objects; a name that comes twice gets a number, so that no value is lost. */
export function asObjects(names: readonly string[], rows: readonly (readonly unknown[])[]): Record<string, unknown>[] {
  const seen = new Map<string, number>()
  const own = names.map(name => {
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return count === 1 ? name : `${name}_${count}`
  })
  return rows.map(row => Object.fromEntries(own.map((name, k) => [name, row[k]])))
}

/** Day, or day and time where there is one, of an instant in microseconds. */
export function instant(micros: number | null): string | null {
  if (micros === null) return null
  const iso = new Date(micros / 1000).toISOString()
  return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso
}
