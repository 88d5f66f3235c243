import { Button } from '@mantine/core'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { PlacedColorWire } from '../../../contract/color.ts'
import type { ColorRunWire } from '../../../contract/color-runs.ts'
import { useDesk } from '../../desk.tsx'
import { IconButton, SearchField } from '../../ui/form.tsx'
import { useFormat } from '../../ui/format.ts'
import { Grid, type GridLayout } from '../../ui/grid.tsx'
import { Empty, Failure, Loading } from '../../ui/states.tsx'
import { useText } from '../../ui/text.ts'
import { namesOf, withoutColumns } from '../setup/hidden-columns.ts'
import { useHiddenColumns } from '../setup/use-classes.ts'
import { outputColumns } from './output-columns.ts'
import { Demo, ExportMenu } from './run-details.tsx'
import css from './runs.module.css'

/** Rows that the page holds of one output; an export has all. */
const MOST = 20_000
const PAGE = 5000
const SEARCH_MS = 200

/** The output of one run: parents with their children folded under them. */
export function RunOutput({
  run,
  layout,
  onLayout,
  onBack,
  onDifference,
}: {
  run: ColorRunWire
  layout: GridLayout
  onLayout(patch: GridLayout): void
  onBack(): void
  onDifference(): void
}) {
  const { t } = useText()
  const format = useFormat()
  const [search, setSearch] = useState('')
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  const { rows, total, error, retry } = useOutput(run.id, search)
  const parents = useMemo(() => (rows ?? []).filter(({ parentRowId }) => parentRowId === null), [rows])
  const allOpen = parents.length > 0 && parents.every(({ rowId, childrenCount }) => childrenCount === 0 || opened.has(rowId))
  const toggle = useCallback((row: string) => {
    setOpened(before => {
      const next = new Set(before)
      if (!next.delete(row)) next.add(row)
      return next
    })
  }, [])
  return (
    <section
      className={css.panel}
      aria-label={t('colorRuns.outputOf', { number: run.number })}
      onKeyDown={event => {
        if (event.key !== 'Escape' || event.defaultPrevented) return
        onBack()
      }}
    >
      <div className={css.bar}>
        <IconButton icon="undo" label={t('colorRuns.back')} onClick={onBack} />
        <h3 className={css.heading}>
          {t('colorRuns.outputOf', { number: run.number })} {run.isDemo ? <Demo /> : null}
        </h3>
        <span className={css.quiet}>
          {t('colorRuns.count', { parents: format.whole(parents.length), rows: format.whole(total) })}
        </span>
        <span className={css.grow} />
        <SearchField label={t('colorRuns.search')} value={search} onChange={setSearch} width={190} />
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => setOpened(new Set(allOpen ? [] : parents.map(({ rowId }) => rowId)))}
        >
          {t(allOpen ? 'colorRuns.closeAll' : 'colorRuns.openAll')}
        </Button>
        <Button size="compact-sm" variant="default" onClick={onDifference}>
          {t('colorRuns.difference')}
        </Button>
        <ExportMenu run={run} />
      </div>
      {rows && rows.length < total ? (
        <p className={css.warning}>{t('colorRuns.cut', { shown: format.whole(rows.length), rows: format.whole(total) })}</p>
      ) : null}
      {error && !rows ? (
        <Failure error={error} retry={retry} />
      ) : !rows ? (
        <Loading waitsFor={t('colorRuns.outputOf', { number: run.number })} />
      ) : rows.length === 0 ? (
        <Empty title={search ? t('colorRuns.nothingFound') : t('colorRuns.emptyOutput')} />
      ) : (
        <OutputGrid run={run} rows={rows} opened={opened} onToggle={toggle} layout={layout} onLayout={onLayout} />
      )}
    </section>
  )
}

function OutputGrid({
  run,
  rows,
  opened,
  onToggle,
  layout,
  onLayout,
}: {
  run: ColorRunWire
  rows: readonly PlacedColorWire[]
  opened: ReadonlySet<string>
  onToggle(row: string): void
  layout: GridLayout
  onLayout(patch: GridLayout): void
}) {
  const { t } = useText()
  const format = useFormat()
  const byId = useMemo(() => new Map(rows.map(row => [row.rowId, row])), [rows])
  const shown = useMemo(
    () => rows.filter(({ parentRowId }) => parentRowId === null || opened.has(parentRowId)).map(({ rowId }) => rowId),
    [rows, opened],
  )
  const columns = useMemo(
    () =>
      outputColumns(
        {
          find: row => byId.get(row)!,
          parentOf: row => byId.get(byId.get(row)!.parentRowId ?? row) ?? byId.get(row)!,
          isOpen: row => opened.has(row),
          all: () => byId.values(),
        },
        t,
        format,
      ),
    [byId, opened, t, format],
  )
  const classes = useMemo(() => [...new Set(rows.map(({ cells }) => cells.ASSET_CLASS ?? null))], [rows])
  const hidden = useHiddenColumns(classes)
  return (
    <>
      {hidden.size > 0 ? (
        <div className={css.bar}>
          <span className={css.quiet}>{t('colorSetup.classes.left', { columns: namesOf(hidden, t) })}</span>
        </div>
      ) : null}
      <div className={css.fill}>
        <Grid
          label={t('colorRuns.outputOf', { number: run.number })}
          rows={shown}
          {...withoutColumns({ columns, layout, onLayout }, hidden)}
          nameOf={row => byId.get(row)?.cells.CUSIP ?? row}
          onOpen={row => onToggle(byId.get(row)?.parentRowId ?? row)}
        />
      </div>
    </>
  )
}

/** All rows of an output that a search meets, up to what the page holds; the rows before stay until others are there. */
function useOutput(run: string, search: string) {
  const desk = useDesk()
  const [found, setFound] = useState<{ rows: readonly PlacedColorWire[]; total: number } | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [turn, setTurn] = useState(0)
  const isFirst = useRef(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a retry asks again
  useEffect(() => {
    const stop = new AbortController()
    const read = async () => {
      const rows: PlacedColorWire[] = []
      for (let offset = 0; offset < MOST; offset += PAGE) {
        const query = { run, text: search, opened: 'all', offset, limit: PAGE } as const
        const page = await desk.color.runs.rows(query, { signal: stop.signal })
        rows.push(...page.rows)
        if (page.rows.length < PAGE || offset + PAGE >= MOST) return setFound({ rows, total: Math.max(page.total, rows.length) })
      }
    }
    const wait = isFirst.current ? 0 : SEARCH_MS
    isFirst.current = false
    const timer = setTimeout(() => {
      read().then(
        () => setError(null),
        fault => {
          if (!stop.signal.aborted) setError(fault)
        },
      )
    }, wait)
    return () => {
      stop.abort()
      clearTimeout(timer)
    }
  }, [desk, run, search, turn])
  return { rows: found?.rows ?? null, total: found?.total ?? 0, error, retry: () => setTurn(before => before + 1) }
}
