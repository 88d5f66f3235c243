/** A run of parts that both have, or that only the older or the newer one has. */
export interface DiffPart<T> {
  readonly kind: 'same' | 'removed' | 'added'
  readonly parts: readonly T[]
}

/** More comparisons than this are not worth the wait: the middle is then shown as replaced. */
const MOST_CELLS = 4_000_000

/** What was taken out of a list and what was put in, by the longest common run of parts. */
export function diffOf<T>(before: readonly T[], after: readonly T[]): readonly DiffPart<T>[] {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start++
  let end = 0
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end++
  const a = before.slice(start, before.length - end)
  const b = after.slice(start, after.length - end)
  const out: { kind: DiffPart<T>['kind']; parts: T[] }[] = []
  const put = (kind: DiffPart<T>['kind'], parts: readonly T[]) => {
    if (parts.length === 0) return
    if (out.at(-1)?.kind === kind) out.at(-1)!.parts.push(...parts)
    else out.push({ kind, parts: [...parts] })
  }
  put('same', before.slice(0, start))
  if (a.length * b.length > MOST_CELLS) {
    put('removed', a)
    put('added', b)
  } else walk(a, b, put)
  put('same', before.slice(before.length - end))
  return out
}

function walk<T>(a: readonly T[], b: readonly T[], put: (kind: DiffPart<T>['kind'], parts: readonly T[]) => void): void {
  const width = b.length + 1
  const longest = new Uint16Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      longest[i * width + j] =
        a[i] === b[j]
          ? longest[(i + 1) * width + j + 1]! + 1
          : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!)
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      put('same', [a[i]!])
      i++
      j++
    } else if (j >= b.length || (i < a.length && longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!))
      put('removed', [a[i++]!])
    else put('added', [b[j++]!])
  }
}

/** The words of a sentence, brackets and commas apart from what they stand at. */
export function wordsOf(sentence: string): readonly string[] {
  return sentence.match(/[()]|[^\s()]+/g) ?? []
}
