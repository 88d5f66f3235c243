import { Menu } from '@mantine/core'
import { type ReactNode, useCallback, useEffect, useState } from 'react'
import { BOARD_WIDGETS, type BoardData, type BoardWidget } from '../../../contract/color-board.ts'
import type { ColorQuery } from '../../../contract/color-search.ts'
import { useApp } from '../../app-context.tsx'
import { useConnection, useDesk, useStream } from '../../desk.tsx'
import type { PanelProps } from '../../panels.ts'
import { IconButton } from '../../ui/form.tsx'
import { useFormat } from '../../ui/format.ts'
import { Empty, Failure, Loading } from '../../ui/states.tsx'
import { useText } from '../../ui/text.ts'
import { Demo } from '../runs/run-details.tsx'
import { SearchText } from '../search/search-text.tsx'
import { EVERYTHING } from '../search/use-search.ts'
import css from './board.module.css'
import { CardBody } from './board-card.tsx'

export type Card = Exclude<BoardWidget, 'summary'>

/** What a dashboard keeps: the filter, and how its cards are arranged. */
export interface BoardParams {
  readonly text?: string
  /** Cards in their order; those not named come behind. */
  readonly order?: readonly Card[]
  readonly hidden?: readonly Card[]
}

/** Prices come last: they say nothing until one tranche is looked at. */
const CARDS = [...BOARD_WIDGETS.filter((part): part is Card => part !== 'summary' && part !== 'prices'), 'prices' as const]
const STALE_DAYS = 10
const REST_MS = 150

/** Charts of what was published: how much, by whom, how far apart, how old. */
export function Panel({ params, setParams, setTitle }: PanelProps<BoardParams>) {
  const { t } = useText()
  const { data, error, retry } = useBoard(params.text ?? '')
  const open = useDrill(params.text ?? '')
  useEffect(() => setTitle(t('panel.color-board')), [setTitle, t])
  const hidden = params.hidden ?? []
  const order = [...(params.order ?? []), ...CARDS].filter((card, k, all) => CARDS.includes(card) && all.indexOf(card) === k)
  const shown = order.filter(card => !hidden.includes(card))
  const move = (card: Card, to: number) => {
    const rest = shown.filter(other => other !== card)
    const next = [...rest.slice(0, Math.max(0, to)), card, ...rest.slice(Math.max(0, to))]
    setParams({ order: [...next, ...order.filter(other => hidden.includes(other))] })
  }
  if (!data?.summary)
    return error ? <Failure error={error} retry={retry} /> : <Loading shape="chart" waitsFor={t('colorBoard.wait')} />
  return (
    <div className={css.panel}>
      <div className={css.bar}>
        <SearchText value={params.text ?? ''} onChange={text => setParams({ text })} />
        <span className={css.grow} />
        {data.summary.isDemo ? <Demo /> : null}
        {hidden.length > 0 ? (
          <HiddenCards hidden={hidden} onShow={card => setParams({ hidden: hidden.filter(other => other !== card) })} />
        ) : null}
        <IconButton icon="undo" label={t('colorBoard.refresh')} onClick={retry} />
      </div>
      {data.summary.rows === 0 && !params.text ? (
        <Empty title={t('colorBoard.empty')}>{t('colorBoard.emptyAbout')}</Empty>
      ) : (
        <>
          <Summary summary={data.summary} />
          <div className={css.cards}>
            {shown.map((card, k) => (
              <CardFrame
                key={card}
                card={card}
                hint={hintOf(card, t)}
                onMove={by => move(card, by === 'first' ? 0 : k + by)}
                onHide={() => setParams({ hidden: [...hidden, card] })}
              >
                <CardBody card={card} data={data} onOpen={open} />
              </CardFrame>
            ))}
          </div>
        </>
      )}
    </div>
  )
}

function hintOf(card: Card, t: ReturnType<typeof useText>['t']): string | undefined {
  if (card === 'stale') return t('colorBoard.staleHint', { days: STALE_DAYS })
  if (card === 'counts' || card === 'share' || card === 'volume' || card === 'runTimes') return undefined
  return t(`colorBoard.${card}Hint`)
}

function CardFrame({
  card,
  hint,
  onMove,
  onHide,
  children,
}: {
  card: Card
  hint: string | undefined
  onMove(by: 'first' | -1 | 1): void
  onHide(): void
  children: ReactNode
}) {
  const { t } = useText()
  const name = t(`colorBoard.${card}`)
  return (
    <section className={css.card} aria-label={name}>
      <header>
        <h3 title={hint}>{name}</h3>
        <Menu position="bottom-end">
          <Menu.Target>
            <button type="button" className={css.more} aria-label={t('colorBoard.menu', { name })}>
              ⋯
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => onMove('first')}>{t('colorBoard.first')}</Menu.Item>
            <Menu.Item onClick={() => onMove(-1)}>{t('colorBoard.earlier')}</Menu.Item>
            <Menu.Item onClick={() => onMove(1)}>{t('colorBoard.later')}</Menu.Item>
            <Menu.Item onClick={onHide}>{t('colorBoard.hide')}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </header>
      <div className={css.stage}>{children}</div>
    </section>
  )
}

function HiddenCards({ hidden, onShow }: { hidden: readonly Card[]; onShow(card: Card): void }) {
  const { t } = useText()
  return (
    <Menu>
      <Menu.Target>
        <button type="button" className={css.more}>
          {t('colorBoard.hidden')} ({hidden.length})
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {hidden.map(card => (
          <Menu.Item key={card} onClick={() => onShow(card)}>
            {t(`colorBoard.${card}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function Summary({ summary }: { summary: BoardData['summary'] }) {
  const { t } = useText()
  const format = useFormat()
  const { newest, before, lastRun } = summary
  const figure = (name: string, value: string, small?: string) => (
    <div key={name}>
      <dt>{name}</dt>
      <dd>
        {value} {small ? <small>{small}</small> : null}
      </dd>
    </div>
  )
  const change = newest && before && before.rows > 0 ? newest.rows / before.rows - 1 : null
  return (
    <dl className={css.figures}>
      {newest
        ? figure(
            t('colorBoard.figure.newest', { day: newest.day }),
            format.whole(newest.rows),
            change === null ? undefined : format.percent(change, { decimals: 0, signed: true }),
          )
        : null}
      {before ? figure(t('colorBoard.figure.before', { day: before.day }), format.whole(before.rows)) : null}
      {figure(t('colorBoard.figure.rows'), format.whole(summary.rows))}
      {figure(t('colorBoard.figure.cusips'), format.whole(summary.cusips))}
      {figure(t('colorBoard.figure.runs'), format.whole(summary.runs))}
      {lastRun ? figure(t('colorBoard.figure.last'), `#${lastRun.number}`, format.instant(lastRun.at, 'dateMinute')) : null}
      {summary.from && summary.to ? figure(t('colorBoard.figure.span'), summary.from, `– ${summary.to}`) : null}
    </dl>
  )
}

/** The parts, read again with every run that changes and every connection; those before stay until others are there. */
function useBoard(text: string) {
  const desk = useDesk()
  const { generation } = useConnection()
  const [data, setData] = useState<Partial<BoardData> | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [turn, setTurn] = useState(0)
  const [change, setChange] = useState(0)
  useStream(
    'color-board',
    (host, signal) => host.color.runs.watch(undefined, { signal }),
    told => setChange(told.change),
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: each of them asks again
  useEffect(() => {
    const stop = new AbortController()
    const timer = setTimeout(() => {
      const query = { ...EVERYTHING, text }
      // Of every tranche there are too many prices to draw; of the few that a filter leaves there are not.
      const parts = BOARD_WIDGETS.filter(part => part !== 'prices' || text.trim() !== '')
      desk.color.board.data({ query, parts: [...parts], staleDays: STALE_DAYS }, { signal: stop.signal }).then(
        found => {
          setData(found as Partial<BoardData>)
          setError(null)
        },
        fault => {
          if (!stop.signal.aborted) setError(fault)
        },
      )
    }, REST_MS)
    return () => {
      stop.abort()
      clearTimeout(timer)
    }
  }, [desk, generation, text, turn, change])
  return { data, error, retry: useCallback(() => setTurn(before => before + 1), []) }
}

export type Drill = (patch: Partial<ColorQuery>) => void

/** Opens the rows that a drawing is made of in the search: in one that is open, else in a new one. */
function useDrill(text: string): Drill {
  const { bench } = useApp()
  return useCallback(
    patch => {
      const query = { ...EVERYTHING, text, ...patch }
      const open = Object.entries(bench.store.getState().panels).find(([, { kind }]) => kind === 'color-search')?.[0]
      if (open === undefined) bench.open('color-search', { params: { query } })
      else bench.setParams(open, { query })
    },
    [bench, text],
  )
}
