/** Symbols of a list written by hand or by another program: one a line or parted by commas; `#` begins a remark. */
export function symbolsOf(text: string): string[] {
  const found = text
    .split(/\r?\n/)
    .flatMap(line => line.replace(/#.*$/, '').split(/[,;\t ]+/))
    .map(word => word.trim().replace(/^["']|["']$/g, ''))
    .filter(word => word.length > 0 && word.length <= 64)
  return [...new Set(found)]
}

/** A list as text that `symbolsOf` reads back. */
export function textOfList(name: string, instruments: readonly string[]): string {
  return `# ${name.replace(/\s+/g, ' ')}\n${instruments.join('\n')}\n`
}

/** Instruments put before another one, null is the end; the others keep their order. */
export function withMoved(instruments: readonly string[], moved: readonly string[], before: string | null): string[] {
  const moving = new Set(moved)
  const rest = instruments.filter(id => !moving.has(id))
  const target = before !== null && moving.has(before) ? nextStaying(instruments, before, moving) : before
  const at = target === null ? rest.length : rest.indexOf(target)
  return rest.toSpliced(at < 0 ? rest.length : at, 0, ...moved)
}

function nextStaying(instruments: readonly string[], from: string, moving: ReadonlySet<string>): string | null {
  return instruments.slice(instruments.indexOf(from)).find(id => !moving.has(id)) ?? null
}

/** Removed instruments back at the places they had. */
export function withRestored(instruments: readonly string[], removed: readonly { id: string; at: number }[]): string[] {
  const next = [...instruments]
  for (const { id, at } of [...removed].sort((a, b) => a.at - b.at))
    if (!next.includes(id)) next.splice(Math.min(at, next.length), 0, id)
  return next
}
