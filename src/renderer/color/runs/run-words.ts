import type { RunEntry } from '../../../contract/color-runs.ts'
import type { Tone } from '../../ui/grid-model.ts'
import type { PlainKey, Translate } from '../../ui/text.ts'

/** How a run stands, as its line, its chip and its sheet say it. */
export type RunState = RunEntry['status'] | 'deleted' | 'replaced' | 'override' | 'planned' | 'skipped'

/** A sign for each state: a colour alone would say it to some and not to others. */
export const STATE_SIGNS: Readonly<Record<RunState, string>> = {
  ...{ running: '●', published: '✓', override: '✓', nothing: '○', failed: '✕', cancelled: '–', interrupted: '◆' },
  ...{ deleted: '⊘', replaced: '⊘', planned: '○', skipped: '–' },
}

export const STATE_TONES: Readonly<Record<RunState, Tone>> = {
  ...{ running: 'strong', published: 'plain', override: 'plain', nothing: 'dim', failed: 'bad', cancelled: 'dim' },
  ...{ interrupted: 'warn', deleted: 'dim', replaced: 'dim', planned: 'dim', skipped: 'dim' },
}

/** A run that left the plan for itself, or passed over rules, is told apart from those on time. */
export function stateOf({ status, run, skippedNext, ignoredRules }: RunEntry): RunState {
  if (run?.deleted) return run.deleted.replacedBy === null ? 'deleted' : 'replaced'
  return status === 'published' && (skippedNext || ignoredRules) ? 'override' : status
}

export function stateWords(state: RunState, t: Translate): string {
  return t(`colorRuns.status.${state}` as PlainKey)
}

/** Who or what set a run off. */
export function triggerWords({ trigger, user }: RunEntry, t: Translate): string {
  return trigger === 'person' ? user : t(`colorRuns.trigger.${trigger}`)
}
