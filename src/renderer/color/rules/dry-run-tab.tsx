import { useMemo, useState } from 'react'
import type { DryRun } from '../../../contract/color-rules.ts'
import { useHello } from '../../desk.tsx'
import { Figure, Figures } from '../../ui/form.tsx'
import { useFormat } from '../../ui/format.ts'
import { Plot } from '../../ui/plot.tsx'
import { Empty, Failure, Loading } from '../../ui/states.tsx'
import { useText } from '../../ui/text.ts'
import { dayScene, dayWords } from './dry-run-scene.ts'
import type { Cells } from './row-cells.tsx'
import css from './rules.module.css'
import { SampleGrid } from './sample-grid.tsx'
import type { DryRunState } from './use-dry-run.ts'

export const DAYS = [5, 20, 60, 90, 180, 365] as const

/** What the rule as it stands would do to the colors of the last days, beside the rules in force. */
export function DryRunTab({
  run,
  days,
  isStale,
  canRun,
  canKeep,
  onDays,
  onRun,
  onSave,
  onCancel,
  onWhy,
  onKeep,
}: {
  run: DryRunState
  days: number
  /** The rule was changed since. */
  isStale: boolean
  canRun: boolean
  canKeep: boolean
  onDays(days: number): void
  onRun(): void
  onSave: (() => void) | null
  onCancel(): void
  onWhy(cells: Cells): void
  onKeep(cells: Cells, excluded: boolean): void
}) {
  const { t } = useText()
  const { result } = run
  return (
    <div className={css.stack}>
      <div className={css.dryBar}>
        <label>
          {t('colorRules.lastDays')}
          <select value={days} onChange={event => onDays(Number(event.currentTarget.value))}>
            {[...new Set([...DAYS, days])]
              .sort((a, b) => a - b)
              .map(count => (
                <option key={count} value={count}>
                  {count}
                </option>
              ))}
          </select>
        </label>
        <button type="button" className={onSave ? css.secondary : css.primary} disabled={!canRun || run.isBusy} onClick={onRun}>
          {t('colorRules.dryRun')}
        </button>
        {onSave ? (
          <button type="button" className={css.primary} onClick={onSave}>
            {t('colorRules.save')}
          </button>
        ) : null}
        {isStale && result ? <span className={css.stale}>{t('colorRules.dryStale')}</span> : null}
      </div>
      {run.error ? <Failure error={run.error} retry={onRun} /> : null}
      {run.isBusy ? <Loading waitsFor={t('colorRules.dryWait')} onCancel={onCancel} /> : null}
      {!result && !run.isBusy && !run.error ? <Empty title={t('colorRules.dryEmpty')}>{t('colorRules.dryAbout')}</Empty> : null}
      {result && !run.isBusy ? <Result result={result} canKeep={canKeep} onWhy={onWhy} onKeep={onKeep} /> : null}
    </div>
  )
}

function Result({
  result,
  canKeep,
  onWhy,
  onKeep,
}: {
  result: DryRun
  canKeep: boolean
  onWhy(cells: Cells): void
  onKeep(cells: Cells, excluded: boolean): void
}) {
  const { t } = useText()
  const format = useFormat()
  const signed = (count: number, sign: string) => (count === 0 ? '0' : `${sign}${format.whole(count)}`)
  const isDemo = useHello()?.demo ?? false
  const scene = useMemo(() => dayScene(result.byDay, format), [result, format])
  return (
    <>
      <Figures>
        <Figure name={t('colorRules.rowsRemoved')}>{signed(result.removed, '\u2212')}</Figure>
        <Figure name={t('colorRules.rowsAdded')}>{signed(result.added, '+')}</Figure>
        <Figure name={t('colorRules.parentsChanged')} title={t('colorRules.parentsHint')}>
          {format.whole(result.parentsChanged)}
        </Figure>
        <Figure
          name={t('colorRules.cusipsLost')}
          title={t('colorRules.cusipsLostHint')}
          tone={result.cusipsLost > 0 ? 'warn' : undefined}
        >
          {format.whole(result.cusipsLost)}
        </Figure>
        <Figure name={t('colorRules.cusipsGained')}>{format.whole(result.cusipsGained)}</Figure>
        <Figure name={t('colorRules.excludedThen')}>
          {t('colorRules.ofBefore', { count: format.whole(result.excludedThen), before: format.whole(result.excludedNow) })}
        </Figure>
      </Figures>
      <p className={css.quiet}>
        {isDemo ? <span className={css.demo}>DEMO</span> : null}
        {t('colorRules.dryOver', {
          rows: format.whole(result.rows),
          cusips: format.whole(result.cusips),
          from: result.from,
          to: result.to,
          seconds: format.duration(result.seconds),
        })}
      </p>
      {result.rows === 0 ? <p className={css.stale}>{t('colorRules.dryNoRows')}</p> : null}
      {result.byDay.some(({ removed, added }) => removed + added > 0) ? (
        <>
          <h4 className={css.title}>{t('colorRules.byDay')}</h4>
          <div className={css.plot}>
            <Plot label={t('colorRules.byDay')} scene={scene} words={x => dayWords(result.byDay, x, t, format)} />
          </div>
        </>
      ) : null}
      <Samples result={result} canKeep={canKeep} onWhy={onWhy} onKeep={onKeep} />
      <Tally title={t('colorRules.byRule')} head={[t('colorRules.rule'), t('colorRules.hits'), t('colorRules.credited')]}>
        {result.byRule.map(({ rule, name, hits, credited }) => ({
          key: rule,
          cells: [name, format.whole(hits), format.whole(credited)],
        }))}
      </Tally>
      <Tally title={t('colorRules.bySector')} head={[t('colorRules.sector'), t('colorRules.rows'), '\u2212', '+']}>
        {result.bySector.map(({ sector, rows, removed, added }) => ({
          key: sector,
          cells: [sector, format.whole(rows), signed(removed, '\u2212'), signed(added, '+')],
        }))}
      </Tally>
    </>
  )
}

function Tally({
  title,
  head,
  children,
}: {
  title: string
  head: readonly string[]
  children: readonly { readonly key: string; readonly cells: readonly string[] }[]
}) {
  if (children.length === 0) return null
  return (
    <>
      <h4 className={css.title}>{title}</h4>
      <table className={css.tally}>
        <thead>
          <tr>
            {head.map(name => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {children.map(({ key, cells }) => (
            <tr key={key}>
              {cells.map((cell, k) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: cells of a row stay in their columns
                <td key={k} title={k === 0 ? cell : undefined}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

function Samples({
  result,
  canKeep,
  onWhy,
  onKeep,
}: {
  result: DryRun
  canKeep: boolean
  onWhy(cells: Cells): void
  onKeep(cells: Cells, excluded: boolean): void
}) {
  const { t } = useText()
  const [chosen, setSide] = useState<'removed' | 'added' | null>(null)
  const counts = { removed: result.samplesRemoved.length, added: result.samplesAdded.length }
  if (counts.removed + counts.added === 0) return null
  const side = chosen ?? (counts.removed > 0 ? 'removed' : 'added')
  return (
    <>
      <div className={css.sides} role="tablist" aria-label={t('colorRules.samples')}>
        {(['removed', 'added'] as const).map(one => (
          <button
            key={one}
            type="button"
            role="tab"
            aria-selected={one === side}
            disabled={counts[one] === 0}
            onClick={() => setSide(one)}
          >
            {t(one === 'removed' ? 'colorRules.samplesRemoved' : 'colorRules.samplesAdded', { count: counts[one] })}
          </button>
        ))}
      </div>
      <SampleGrid
        key={side}
        label={t('colorRules.samples')}
        samples={side === 'removed' ? result.samplesRemoved : result.samplesAdded}
        canKeep={canKeep}
        onWhy={onWhy}
        onKeep={cells => onKeep(cells, side === 'removed')}
      />
    </>
  )
}
