import { useMemo, useState } from 'react'
import type { DryRun } from '../../../contract/color-rules.ts'
import { COLOR_COLUMNS } from '../../../core/color/color-columns.ts'
import { familyOf } from '../../../core/rules/operators.ts'
import { Grid, type GridColumn, type GridLayout } from '../../ui/grid.tsx'
import { useText } from '../../ui/text.ts'
import type { Cells } from './row-cells.tsx'
import css from './rules.module.css'

type Sample = DryRun['samplesRemoved'][number]

const USUAL: ReadonlySet<string> = new Set(['CUSIP', 'TICKER', 'SECTOR', 'DATE', 'BIAS', 'PX', 'SOURCE'])
const FIRST = ['CUSIP', 'PX', 'BIAS', 'SECTOR', 'TICKER', 'DATE', 'SOURCE']
const MISSING = '—'

/** Rows that a change takes out or brings back; Enter asks why, and a row can be kept as a case. */
export function SampleGrid({
  label,
  samples,
  canKeep,
  onWhy,
  onKeep,
}: {
  label: string
  samples: readonly Sample[]
  canKeep: boolean
  onWhy(cells: Cells): void
  onKeep(cells: Cells): void
}) {
  const { t } = useText()
  const [layout, setLayout] = useState<GridLayout>({})
  const byKey = useMemo(() => new Map(samples.map(one => [`${one.run} ${one.rowId}`, one])), [samples])
  const rows = useMemo(() => [...byKey.keys()], [byKey])
  const columns = useMemo(() => columnsOf(byKey), [byKey])
  const act = (row: string | undefined, run: (cells: Cells) => void) => {
    const one = row === undefined ? undefined : byKey.get(row)
    if (one) run(one.cells)
  }
  return (
    <div className={css.samples}>
      <Grid
        label={label}
        rows={rows}
        columns={columns}
        layout={layout}
        onLayout={patch => setLayout(before => ({ ...before, ...patch }))}
        onOpen={row => act(row, onWhy)}
        actions={keys => [
          { label: t('colorRules.why'), keys: 'Enter', section: 'rules', run: () => act(keys[0], onWhy) },
          ...(canKeep ? [{ label: t('colorRules.keepAsCase'), section: 'rules', run: () => act(keys[0], onKeep) }] : []),
        ]}
      />
    </div>
  )
}

function columnsOf(byKey: ReadonlyMap<string, Sample>): readonly GridColumn[] {
  const names = COLOR_COLUMNS.map(({ name, type }) => ({ name: name as string, type }))
  const ordered = [
    ...FIRST.map(name => names.find(one => one.name === name)!),
    ...names.filter(({ name }) => !FIRST.includes(name)),
  ]
  return ordered.map(({ name, type }): GridColumn => {
    const isNumber = familyOf(type) === 'order' && type !== 'date'
    const value = (row: string) => byKey.get(row)?.cells[name] ?? null
    return {
      key: name,
      title: name,
      width: type === 'id' || type === 'text' ? 104 : 84,
      align: isNumber ? 'end' : 'start',
      usual: USUAL.has(name),
      cell: row => {
        const text = value(row)
        return text === null ? { text: MISSING, tone: 'dim' } : { text }
      },
      sort: row => (isNumber ? (value(row) === null ? Number.NaN : Number(value(row))) : (value(row) ?? '')),
    }
  })
}
