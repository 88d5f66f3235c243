/** An answer that may not exist: the value, or the reason with a literal kind. */
export type Result<T, E extends { readonly kind: string }> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E }

/** The answer exists. */
export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value }
}

/** The answer does not exist, and why. */
export function refused<E extends { readonly kind: string }>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error }
}
