const KEY = 'contango.palette.recent'
const KEPT = 8

/** Ids of what was chosen last in the palette, newest first. */
export function readRecent(): readonly string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(stored) ? stored.filter(id => typeof id === 'string') : []
  } catch {
    return []
  }
}

export function rememberRecent(id: string): void {
  localStorage.setItem(KEY, JSON.stringify([id, ...readRecent().filter(other => other !== id)].slice(0, KEPT)))
}
