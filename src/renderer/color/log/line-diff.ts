import { diffOf } from '../rules/word-diff.ts'

/** A line of two compared texts; `skipped` stands for lines that are the same and far from any change. */
export type DiffLine =
  | { readonly kind: 'same' | 'removed' | 'added'; readonly text: string }
  | { readonly kind: 'skipped'; readonly count: number }

/** Lines that are the same are shown this far around a change. */
const AROUND = 3

/** What differs between two texts, line by line; null is no text at all. */
export function linesOf(before: string | null, after: string | null): readonly DiffLine[] {
  const parts = diffOf(before?.split('\n') ?? [], after?.split('\n') ?? [])
  return parts.flatMap(({ kind, parts: lines }, k): readonly DiffLine[] => {
    const all = lines.map(text => ({ kind, text }))
    if (kind !== 'same') return all
    const head = k === 0 ? 0 : AROUND
    const tail = k === parts.length - 1 ? 0 : AROUND
    const count = all.length - head - tail
    // One line alone is shown: a sign for it would take its place.
    if (count < 2) return all
    return [...all.slice(0, head), { kind: 'skipped', count }, ...all.slice(all.length - tail)]
  })
}
