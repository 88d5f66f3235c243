import type { DeliveryView } from '../../../contract/color-outputs.ts'
import type { RunEntry } from '../../../contract/color-runs.ts'
import { type Format, MISSING } from '../../ui/format.ts'
import type { GridColumn } from '../../ui/grid.tsx'
import type { Translate } from '../../ui/text.ts'
import { STATE_SIGNS, STATE_TONES, stateOf, stateWords, triggerWords } from './run-words.ts'

export interface HistoryView {
  readonly find: (id: string) => RunEntry | undefined
  readonly deliveries: (run: string) => readonly DeliveryView[]
  readonly t: Translate
  readonly format: Format
}

/** Targets that have a run, of those it was to go to; null where it was to go nowhere. */
export function deliveredOf(
  entry: RunEntry,
  deliveries: readonly DeliveryView[],
): { done: number; of: number; failed: number } | null {
  const of = Math.max(entry.run?.targets.length ?? 0, deliveries.length)
  if (of === 0) return null
  const count = (state: DeliveryView['state']) => deliveries.filter(one => one.state === state).length
  return { done: count('delivered'), of, failed: count('failed') }
}

/** Columns of the history of runs. */
export function runsColumns({ find, deliveries, t, format }: HistoryView): readonly GridColumn[] {
  const text = (key: string, title: string, width: number, usual: boolean, of: (entry: RunEntry) => string): GridColumn => ({
    ...{ key, title, width, align: 'start', usual },
    cell: row => ({ text: of(find(row)!) || MISSING, tone: 'quiet' }),
    sort: row => of(find(row)!),
  })
  const count = (
    key: 'received' | 'quarantined' | 'repeats' | 'excluded' | 'rows' | 'parents',
    width: number,
    usual: boolean,
    hint?: string,
  ): GridColumn => ({
    ...{ key, title: t(`colorRuns.col.${key}`), width, align: 'end', usual, ...(hint ? { hint } : {}) },
    cell: row => ({ text: format.whole(find(row)!.run?.[key] ?? null), tone: key === 'rows' ? 'strong' : 'plain' }),
    sort: row => find(row)!.run?.[key] ?? Number.NaN,
  })
  return [
    {
      ...{ key: 'number', title: t('colorRuns.col.number'), width: 56, align: 'end', usual: true, pinned: true },
      cell: row => ({ text: find(row)!.run ? String(find(row)!.run!.number) : MISSING }),
      sort: row => find(row)!.run?.number ?? Number.NaN,
    },
    {
      ...{ key: 'status', title: t('colorRuns.col.status'), width: 150, align: 'start', usual: true },
      cell: row => {
        const state = stateOf(find(row)!)
        return { text: `${STATE_SIGNS[state]} ${stateWords(state, t)}`, tone: STATE_TONES[state] }
      },
      sort: row => stateWords(stateOf(find(row)!), t),
    },
    {
      ...{ key: 'at', title: t('colorRuns.col.at'), width: 136, align: 'start', usual: true },
      cell: row => ({ text: format.instant(find(row)!.at, 'dateMinute') }),
      sort: row => find(row)!.at,
    },
    {
      ...{ key: 'demo', title: t('colorRuns.col.demo'), width: 56, align: 'start', usual: true },
      cell: row =>
        find(row)!.run?.isDemo ? { text: t('demo.word'), tone: 'quiet', hint: t('colorRuns.demoHint') } : { text: '' },
    },
    text('kind', t('colorRuns.col.kind'), 92, true, ({ run }) => t(`colorRuns.kind.${run?.kind ?? 'automated'}`)),
    text('trigger', t('colorRuns.col.trigger'), 96, true, entry => triggerWords(entry, t)),
    text('job', t('colorRuns.col.job'), 130, true, ({ job }) => job?.name ?? ''),
    count('received', 78, true, t('colorRuns.hint.received')),
    count('quarantined', 72, true, t('colorRuns.hint.quarantined')),
    count('repeats', 72, false),
    count('excluded', 78, true),
    count('rows', 66, true),
    count('parents', 66, true),
    {
      ...{ key: 'rules', title: t('colorRuns.col.rules'), width: 66, align: 'end', usual: true },
      cell: row => {
        const { run, ignoredRules } = find(row)!
        if (ignoredRules) return { text: t('colorRuns.ignored'), tone: 'warn' }
        return { text: run ? String(run.rules.length) : MISSING, tone: 'quiet' }
      },
    },
    {
      ...{ key: 'seconds', title: t('colorRuns.col.seconds'), width: 70, align: 'end', usual: true },
      cell: row => ({ text: format.duration(find(row)!.run?.seconds ?? null), tone: 'quiet' }),
      sort: row => find(row)!.run?.seconds ?? Number.NaN,
    },
    {
      ...{ key: 'delivered', title: t('colorRuns.col.delivered'), width: 84, align: 'end', usual: true },
      hint: t('colorRuns.hint.delivered'),
      cell: row => {
        const found = deliveredOf(find(row)!, deliveries(row))
        if (!found) return { text: MISSING, tone: 'dim' }
        return { text: `${found.failed > 0 ? '✕ ' : ''}${found.done} / ${found.of}`, tone: found.failed > 0 ? 'bad' : 'plain' }
      },
    },
  ]
}
