import type { Client } from '../../contract/index.ts'

/** What a command is given. */
export interface CommandContext {
  readonly client: Client
  /** Ctrl-C. */
  readonly signal: AbortSignal
  /** Says something on standard error. */
  readonly tell: (text: string) => void
  /** A person sits before standard error. */
  readonly isWatched: boolean
}

/** What a command came to: for programs, for people, and the exit code. */
export interface Outcome {
  readonly json: unknown
  readonly text: string
  readonly code: number
}
