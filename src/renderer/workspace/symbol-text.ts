/** The symbol of an instrument's id as a header shows it: `CLZ26` for `CLZ26.DEMO`. */
export function symbolText(id: string): string {
  const dot = id.lastIndexOf('.')
  return dot > 0 ? id.slice(0, dot) : id
}
