import { Button, Menu } from '@mantine/core'
import { useCallback, useEffect, useMemo, useState } from 'react'
import type { ColorAnswer, ColorQuery, FoundColor } from '../../../contract/color-search.ts'
import type { PanelProps } from '../../panels.ts'
import { useFormat } from '../../ui/format.ts'
import { Grid, type GridLayout } from '../../ui/grid.tsx'
import { Empty, Failure, Loading } from '../../ui/states.tsx'
import { useText } from '../../ui/text.ts'
import { Demo } from '../runs/run-details.tsx'
import { namesOf, withoutColumns } from '../setup/hidden-columns.ts'
import { useHiddenColumns } from '../setup/use-classes.ts'
import { FacetList } from './facet-list.tsx'
import { foundColumns, keyOf } from './found-columns.ts'
import { FoundSide } from './found-side.tsx'
import { KeptSearches } from './kept-searches.tsx'
import css from './search.module.css'
import { SearchText } from './search-text.tsx'
import { useFoundExport } from './use-found-export.ts'
import { EVERYTHING, MOST, useSearch } from './use-search.ts'

/** What a search panel keeps. */
export interface SearchParams {
  readonly query?: Partial<ColorQuery>
  readonly grid?: GridLayout
}

/** Columns that the host sorts by; the rest is sorted among the rows that are here. */
const sortOf = ({ sort }: GridLayout) =>
  sort && sort.column !== 'run' && sort.column !== 'children'
    ? ({ field: sort.column, order: sort.direction === 'up' ? 'rising' : 'falling' } as const)
    : null

/** Finds colors of every run: by identifier, name, dealer, day and price. */
export function Panel({ params, setParams, setTitle }: PanelProps<SearchParams>) {
  const { t } = useText()
  const query = useMemo((): ColorQuery => ({ ...EVERYTHING, ...params.query }), [params.query])
  const layout = params.grid ?? {}
  const found = useSearch(query, sortOf(layout))
  const { answer, facets, error, isAsking } = found
  const [open, setOpen] = useState<FoundColor | null>(null)
  const hidden = useHiddenColumns(query.assetClasses)
  useEffect(() => {
    setTitle(query.text.trim() === '' ? t('panel.color-search') : query.text.trim())
  }, [setTitle, query.text, t])
  const change = useCallback(
    (patch: Partial<ColorQuery>) => setParams({ query: { ...params.query, ...patch } }),
    [setParams, params.query],
  )
  const isNarrowed = JSON.stringify(query) !== JSON.stringify(EVERYTHING)
  return (
    <div className={css.panel}>
      <Bar query={query} onQuery={change} onReset={() => setParams({ query: {} })} isNarrowed={isNarrowed} />
      {!answer ? (
        error ? (
          <Failure error={error} retry={found.retry} />
        ) : (
          <Loading waitsFor={t('colorSearch.wait')} />
        )
      ) : facets?.rows === 0 ? (
        <Empty title={t('colorSearch.none')}>{t('colorSearch.noneAbout')}</Empty>
      ) : (
        <>
          <Figures answer={answer} isAsking={isAsking} isDemo={facets?.isDemo === true} error={error} hidden={hidden} />
          <div className={css.body}>
            {facets ? <FacetList facets={facets} query={query} onQuery={change} /> : null}
            <Found
              answer={answer}
              hidden={hidden}
              layout={layout}
              onLayout={patch => setParams({ grid: { ...layout, ...patch } })}
              onOpen={setOpen}
              onMore={found.more}
            />
            {open ? (
              <FoundSide
                color={open}
                onClose={() => setOpen(null)}
                onAll={() => change({ text: open.cells.CUSIP ?? '', hierarchy: true })}
              />
            ) : null}
          </div>
        </>
      )}
    </div>
  )
}

function Bar({
  query,
  onQuery,
  onReset,
  isNarrowed,
}: {
  query: ColorQuery
  onQuery(patch: Partial<ColorQuery>): void
  onReset(): void
  isNarrowed: boolean
}) {
  const { t } = useText()
  const save = useFoundExport()
  const number = (text: string) => (text.trim() === '' || Number.isNaN(Number(text)) ? null : Number(text))
  return (
    <div className={css.bar}>
      <SearchText value={query.text} onChange={text => onQuery({ text })} />
      <span className={css.range}>
        <input
          type="date"
          aria-label={t('colorSearch.from')}
          value={query.from ?? ''}
          onChange={event => onQuery({ from: event.currentTarget.value || null })}
        />
        –
        <input
          type="date"
          aria-label={t('colorSearch.to')}
          value={query.to ?? ''}
          onChange={event => onQuery({ to: event.currentTarget.value || null })}
        />
      </span>
      <span className={css.range}>
        PX
        <input
          type="number"
          step="any"
          aria-label={t('colorSearch.priceFrom')}
          value={query.priceFrom ?? ''}
          onChange={event => onQuery({ priceFrom: number(event.currentTarget.value) })}
        />
        –
        <input
          type="number"
          step="any"
          aria-label={t('colorSearch.priceTo')}
          value={query.priceTo ?? ''}
          onChange={event => onQuery({ priceTo: number(event.currentTarget.value) })}
        />
      </span>
      <label className={css.check}>
        <input
          type="checkbox"
          checked={query.parentsOnly}
          onChange={event => onQuery({ parentsOnly: event.currentTarget.checked })}
        />
        {t('colorSearch.parentsOnly')}
      </label>
      <label className={css.check} title={t('colorSearch.hierarchyHint')}>
        <input
          type="checkbox"
          checked={query.hierarchy}
          onChange={event => onQuery({ hierarchy: event.currentTarget.checked })}
        />
        {t('colorSearch.hierarchy')}
      </label>
      <span className={css.grow} />
      {isNarrowed ? (
        <Button size="compact-sm" variant="subtle" onClick={onReset}>
          {t('colorSearch.reset')}
        </Button>
      ) : null}
      <KeptSearches query={query} onTake={onQuery} />
      <Menu>
        <Menu.Target>
          <Button size="compact-sm" variant="default">
            {t('colorSearch.export')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void save(query, 'xlsx')}>xlsx</Menu.Item>
          <Menu.Item onClick={() => void save(query, 'csv')}>csv</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}

function Figures({
  answer,
  isAsking,
  isDemo,
  error,
  hidden,
}: {
  answer: ColorAnswer
  isAsking: boolean
  isDemo: boolean
  error: unknown
  hidden: ReadonlySet<string>
}) {
  const { t } = useText()
  const format = useFormat()
  const said = answer.readings.map(({ kind, text, cusips }) => {
    const name = t(`colorSearch.kind.${kind}`)
    return cusips > 1 ? `${name} ${text} (${t('colorSearch.tranches', { count: cusips })})` : `${name} ${text}`
  })
  return (
    <div className={css.figures} aria-live="polite" aria-busy={isAsking}>
      <span>
        {t('colorSearch.rowsIn', {
          count: answer.total,
          rows: format.whole(answer.total),
          tranches: t('colorSearch.tranches', { count: answer.cusips }),
        })}
      </span>
      <span>{t('colorSearch.seconds', { seconds: format.number(answer.seconds, 2) })}</span>
      {said.length > 0 ? <span>{said.slice(0, 4).join(' · ')}</span> : null}
      {hidden.size > 0 ? <span>{t('colorSetup.classes.left', { columns: namesOf(hidden, t) })}</span> : null}
      {isDemo ? <Demo /> : null}
      {error ? <span role="alert">{t('colorSearch.stale')}</span> : null}
    </div>
  )
}

function Found({
  answer,
  hidden,
  layout,
  onLayout,
  onOpen,
  onMore,
}: {
  answer: ColorAnswer
  hidden: ReadonlySet<string>
  layout: GridLayout
  onLayout(patch: GridLayout): void
  onOpen(color: FoundColor): void
  onMore(): void
}) {
  const { t } = useText()
  const format = useFormat()
  const byKey = useMemo(() => new Map(answer.rows.map(row => [keyOf(row), row])), [answer])
  const rows = useMemo(() => [...byKey.keys()], [byKey])
  const columns = useMemo(() => foundColumns(byKey, t, format), [byKey, t, format])
  if (answer.total === 0) return <Empty title={t('colorSearch.nothing')}>{t('colorSearch.nothingAbout')}</Empty>
  const left = answer.total - answer.rows.length
  return (
    <section className={css.main} aria-label={t('colorSearch.found')}>
      <div className={css.fill}>
        <Grid
          label={t('colorSearch.found')}
          rows={rows}
          {...withoutColumns({ columns, layout, onLayout }, hidden)}
          nameOf={row => byKey.get(row)?.cells.CUSIP ?? row}
          onOpen={row => onOpen(byKey.get(row)!)}
        />
      </div>
      {left > 0 ? (
        <div className={css.foot}>
          {t('colorSearch.shown', { shown: format.whole(answer.rows.length), rows: format.whole(answer.total) })}
          {answer.rows.length < MOST ? (
            <Button size="compact-xs" variant="default" onClick={onMore}>
              {t('colorSearch.more')}
            </Button>
          ) : (
            t('colorSearch.most')
          )}
        </div>
      ) : null}
    </section>
  )
}
