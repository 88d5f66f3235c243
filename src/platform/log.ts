/** Dotted event name, then fields; sentences are made by whoever shows it. Secrets never come here. */
export interface Log {
  debug(event: string, fields?: Readonly<Record<string, unknown>>): void
  info(event: string, fields?: Readonly<Record<string, unknown>>): void
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void
  error(event: string, fields?: Readonly<Record<string, unknown>>): void
}

/** A log that keeps nothing, for tests that do not look at it. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }
