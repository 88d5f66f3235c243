const SECRET_KEY =
  /token|secret|passw|passphrase|authorization|cookie|crumb|credential|api[-_]?key|private[-_]?key|session[-_]?id/i
const SECRET_TEXT = /(bearer\s+|[#?&](?:token|key|apikey|api_key|crumb|secret|password)=)[^\s&#"']+/gi
const DEEPEST = 6
const LONGEST_TEXT = 4000
const LONGEST_LIST = 100

/**
 * A copy of a value that may be written down: JSON only, without secrets, and of bounded size.
 *
 * A field whose name looks like a secret becomes `•••`, and so does a token inside an address or a header.
 */
export function redact(value: unknown, depth = 0): unknown {
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (value === undefined || typeof value === 'function' || typeof value === 'symbol') return null
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Error) return redactError(value, depth)
  if (value instanceof Date || value instanceof URL) return redactText(value.toJSON() ?? '')
  if (depth >= DEEPEST) return '…'
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}(${value.byteLength} bytes)`
  if (Array.isArray(value)) {
    const shown = value.slice(0, LONGEST_LIST).map(inner => redact(inner, depth + 1))
    return value.length > LONGEST_LIST ? [...shown, `… ${value.length - LONGEST_LIST} more`] : shown
  }
  return redactFields(value as Record<string, unknown>, depth)
}

/** A text of bounded length in which tokens inside addresses and headers are blotted out. */
export function redactText(text: string): string {
  const clean = text.replace(SECRET_TEXT, '$1•••')
  return clean.length > LONGEST_TEXT ? `${clean.slice(0, LONGEST_TEXT)}… ${clean.length - LONGEST_TEXT} more` : clean
}

/** The fields of a record, those that look like secrets blotted out. */
export function redactFields(fields: Readonly<Record<string, unknown>>, depth = 0): Record<string, unknown> {
  const clean: Record<string, unknown> = {}
  for (const [key, inner] of Object.entries(fields)) {
    if (inner === undefined) continue
    clean[key] = SECRET_KEY.test(key) && typeof inner !== 'number' && inner !== null ? '•••' : redact(inner, depth + 1)
  }
  return clean
}

function redactError(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack, cause } = error
  return {
    name,
    message: redactText(message),
    stack: redactText(stack ?? ''),
    ...(cause === undefined || depth >= DEEPEST ? {} : { cause: redact(cause, depth + 1) }),
  }
}
