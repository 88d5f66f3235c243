import type { MailPlaceholder } from './output-template.ts'

/** What a mail says of a run, in written form. */
export type MailFacts = Readonly<Record<MailPlaceholder, string>>

/** What of a run the facts are made of. */
export interface FactsOfRun {
  readonly number: number
  readonly rows: number
  readonly excluded: number
  /** Rules that were in use. */
  readonly rules: number
  readonly uploads: number
  readonly seconds: number
  readonly isDemo: boolean
}

/** The placeholders of a mail with what they stand for; date and time are of the run, by the clocks of the desk. */
export function mailFacts(run: FactsOfRun, { date, time }: { readonly date: string; readonly time: string }): MailFacts {
  return {
    ...{ date, time, run: run.isDemo ? `${run.number} (DEMO)` : String(run.number) },
    total_processed: String(run.rows),
    total_excluded: String(run.excluded),
    rules_applied: String(run.rules),
    duration: `${run.seconds.toFixed(1)} s`,
    manual_files_processed: String(run.uploads),
  }
}

/** What a template shows while there is no run yet. */
export const EXAMPLE_RUN: FactsOfRun = {
  ...{ number: 1, rows: 1800, excluded: 120, rules: 8, uploads: 2, seconds: 1.4, isDemo: false },
}
