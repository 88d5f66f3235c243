import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import type { Timeframe } from '../../core/market/bars.ts'
import { bucketEnd } from '../../core/market/timeframes.ts'
import { useSetting } from '../desk.tsx'
import { nowMicros } from '../now.ts'
import type { PanelProps } from '../panels.ts'
import { everySecond } from '../second.ts'
import { Chart } from '../ui/chart.tsx'
import { CHART_STYLES, type ChartScale, type ChartStyle, type ChartView } from '../ui/chart-model.ts'
import { useFormat } from '../ui/format.ts'
import { useText } from '../ui/text.ts'
import { type BarTable, barsNotAboveZero, isOneValueEach } from './chart-bars.ts'
import { CompareFeed } from './chart-compare.tsx'
import { Cover } from './chart-cover.tsx'
import { type BarChange, useChartBars } from './chart-data.ts'
import { useChartFormats } from './chart-formats.ts'
import { useJumps } from './chart-jumps.ts'
import { type ChartCommand, chartCommand } from './chart-keys.ts'
import { ChartLegend, countdown, Said } from './chart-legend.tsx'
import css from './chart-panel.module.css'
import { type ChartParams, chartChoice, MOST_COMPARED, typedTimeframe } from './chart-params.ts'
import { timeframeOf } from './chart-ranges.ts'
import { useSaving } from './chart-saving.ts'
import { showNewest, useScene } from './chart-scene.ts'
import { SymbolSearch } from './chart-search.tsx'
import { ChartActions, ChartFoot, type ChartMenu, ChartToolbar } from './chart-toolbar.tsx'
import { IndicatorMenu } from './indicator-menu.tsx'

/** Chart of one symbol, with indicators and others to compare. */
export function Panel({ params, setParams, subject, setSubject, setTitle, actions }: PanelProps<ChartParams>) {
  const { t } = useText()
  const choice = useMemo(() => chartChoice(params as Readonly<Record<string, unknown>>), [params])
  const [usualStyle] = useSetting('chartStyle')
  const root = useRef<HTMLElement>(null)
  const view = useRef<ChartView>(null)
  const [menu, setMenu] = useState<ChartMenu>(null)
  const [editing, setEditing] = useState<string | null>(null)
  const [typed, setTyped] = useState('')
  const [said, setSaid] = useState<{ text: string; n: number } | null>(null)
  const say = useCallback((text: string) => setSaid(before => ({ text, n: (before?.n ?? 0) + 1 })), [])
  const gone = useCallback(() => setSaid(null), [])
  const heard = useRef<(change: BarChange) => void>(() => undefined)
  const bars = useChartBars(subject, choice.timeframe, change => heard.current(change))
  const { table } = bars
  const usual = CHART_STYLES.includes(usualStyle as ChartStyle) ? (usualStyle as ChartStyle) : 'candles'
  const isLine = useMemo(() => table !== null && isOneValueEach(table), [table])
  const style = choice.style ?? (isLine ? 'line' : usual)
  const [others, setOthers] = useState<ReadonlyMap<string, BarTable>>(new Map())
  const shown = useChartFormats(table)

  const refused = table && choice.scale === 'log' ? barsNotAboveZero(table) : 0
  const scale: ChartScale = others.size > 0 ? 'percent' : refused > 0 ? 'linear' : choice.scale
  const scene = useScene(
    view,
    {
      table,
      formats: shown?.formats ?? null,
      style,
      scale,
      showVolume: choice.showVolume,
      indicators: choice.indicators,
      others,
    },
    () => void bars.loadOlder(),
  )
  heard.current = scene.onBars
  useLastNote(view, table)
  const asked = useJumps(view, table, bars.loadOlder, say)

  // The tab begins with the symbol by itself.
  useEffect(
    () => setTitle(subject === null ? t('panel.chart') : (table?.timeframe ?? choice.timeframe)),
    [setTitle, subject, table, choice.timeframe, t],
  )
  useEffect(() => {
    if (refused > 0) say(t('chart.logRefused', { count: refused }))
  }, [refused, say, t])
  useEffect(() => {
    if (bars.phase === 'ready' && table && table.timeframe !== choice.timeframe)
      say(t('chart.asked', { asked: choice.timeframe, shown: table.timeframe }))
  }, [bars.phase, table, choice.timeframe, say, t])

  const setScale = (next: ChartScale) => {
    if (others.size > 0 && next !== 'percent') say(t('chart.comparePercent'))
    const broken = table && next === 'log' ? barsNotAboveZero(table) : 0
    if (broken > 0) say(t('chart.logRefused', { count: broken }))
    else setParams({ scale: next })
  }
  const addCompare = (id: string) => {
    setMenu(null)
    if (choice.compare.length >= MOST_COMPARED) return say(t('chart.compareMost', { most: MOST_COMPARED }))
    if (id !== subject && !choice.compare.includes(id)) setParams({ compare: [...choice.compare, id] })
  }
  const onOther = useCallback(
    (id: string, other: BarTable | null) => {
      setOthers(before => {
        if (before.get(id) === (other ?? undefined)) return before
        const next = new Map(before)
        if (other) next.set(id, other)
        else next.delete(id)
        return next
      })
      scene.onOther()
    },
    [scene.onOther],
  )
  const reset = () => {
    view.current?.setCrosshair(null)
    if (view.current && table) showNewest(view.current, table)
  }
  const { savePicture, saveCsv } = useSaving(view, root, table, scene, say)
  const setTimeframe = (timeframe: Timeframe) => setParams({ timeframe })
  const setVolume = () => setParams({ showVolume: !choice.showVolume })

  const run = (command: ChartCommand) => {
    switch (command.do) {
      case 'pan':
        return view.current?.pan(command.rows)
      case 'zoom':
        return view.current?.zoom(command.factor)
      case 'cross': {
        const last = (table?.count ?? 1) - 1
        const at = scene.readout.getState().row
        return view.current?.setCrosshair(at === null ? last : Math.min(last, Math.max(0, at + command.rows)))
      }
      case 'type':
        return setTyped(command.text)
      case 'timeframe':
        setTyped('')
        return setTimeframe(command.timeframe)
      case 'newest':
        return view.current?.toNewest()
      case 'reset':
        return reset()
      case 'log':
        return setScale(choice.scale === 'log' ? 'linear' : 'log')
      case 'percent':
        return setScale(choice.scale === 'percent' ? 'linear' : 'percent')
      case 'volume':
        return setVolume()
      case 'picture':
        return savePicture()
      case 'leave':
        return view.current?.setCrosshair(null)
      default:
        setEditing(null)
        return setMenu(command.do)
    }
  }
  const onKeyDown = (event: React.KeyboardEvent) => {
    const target = event.target as HTMLElement
    // Menus hang in the page's body, and their keys still arrive here.
    if (!root.current?.contains(target) || target.closest('input, select, textarea, [role="menu"], [role="dialog"]')) return
    const isButton = target.closest('button, a') !== null
    if (isButton && typed === '' && /^(Arrow|Enter| )/.test(event.key)) return
    const command = chartCommand(event, typed)
    if (!command) return
    event.preventDefault()
    event.stopPropagation()
    run(command)
  }

  const search = <SymbolSearch label={t('chart.compareAdd')} onPick={({ id }) => addCompare(id)} />
  return (
    <section
      ref={root}
      className={css.panel}
      role="application"
      aria-label={t('panel.chart')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the chart takes the keyboard as a whole
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={event => {
        if (!(event.target as HTMLElement).closest('button, input, select, a')) root.current?.focus({ preventScroll: true })
      }}
    >
      <ChartToolbar
        timeframe={table?.timeframe ?? choice.timeframe}
        style={style}
        scale={scale}
        showVolume={choice.showVolume}
        open={menu}
        onOpen={next => {
          setEditing(null)
          setMenu(next)
        }}
        onTimeframe={setTimeframe}
        onStyle={next => setParams({ style: next })}
        onScale={setScale}
        onVolume={setVolume}
        indicators={
          <IndicatorMenu
            chosen={choice.indicators}
            editing={editing}
            onEdit={setEditing}
            onChange={indicators => setParams({ indicators })}
          />
        }
        compare={search}
      />
      <div className={css.stage}>
        <Chart ref={view} label={useChartLabel(table)} events={scene.events} />
        {table && table.count > 0 ? (
          <ChartLegend
            table={table}
            zone={shown?.zone}
            running={scene.running}
            compared={scene.compared}
            readout={scene.readout}
            actions={{
              edit(id) {
                setEditing(id)
                setMenu('indicators')
              },
              hide: id =>
                setParams({
                  indicators: choice.indicators.map(one => (one.id === id ? { ...one, isHidden: !one.isHidden } : one)),
                }),
              remove: id => setParams({ indicators: choice.indicators.filter(one => one.id !== id) }),
              removeCompare: id => setParams({ compare: choice.compare.filter(other => other !== id) }),
            }}
          />
        ) : null}
        <Cover bars={bars} subject={subject} timeframe={choice.timeframe} onSubject={setSubject} onTimeframe={setTimeframe} />
        {typed === '' ? null : (
          <div className={css.typed} role="status" data-good={typedTimeframe(typed) !== null}>
            {t('chart.typing', { text: typed })}
          </div>
        )}
        {said ? <Said key={said.n} text={said.text} onGone={gone} /> : null}
      </div>
      <ChartFoot
        zone={shown?.zone ?? null}
        open={menu}
        onOpen={setMenu}
        onRange={range => {
          asked({ range })
          setTimeframe(timeframeOf(range))
        }}
        onDate={date => {
          setMenu(null)
          asked({ date })
        }}
        onNewest={() => view.current?.toNewest()}
        isLoadingOlder={bars.isLoadingOlder}
      />
      {table
        ? choice.compare.map(id => (
            <CompareFeed
              key={`${id} ${table.timeframe}`}
              instrument={id}
              timeframe={table.timeframe}
              from={table.micros[0] ?? Number.NaN}
              onTable={onOther}
            />
          ))
        : null}
      {actions
        ? createPortal(
            <ChartActions
              scale={scale}
              showVolume={choice.showVolume}
              onScale={setScale}
              onVolume={setVolume}
              onPicture={savePicture}
              onCsv={saveCsv}
              onReset={reset}
            />,
            actions,
          )
        : null}
    </section>
  )
}

/** What a screen reader says of the picture. */
function useChartLabel(table: BarTable | null): string {
  const { t } = useText()
  const format = useFormat()
  if (!table || table.count === 0) return t('panel.chart')
  const last = table.count - 1
  const tick = table.tick
  const words = t('chart.labelLast', {
    close: format.price(table.close[last], tick),
    change: format.change(last > 0 ? table.close[last]! - table.close[last - 1]! : null, tick),
  })
  return t('chart.label', { symbol: table.instrument.symbol, timeframe: table.timeframe, words })
}

/** Writes the time left of the newest bar beside its price, as long as bars are coming in. */
function useLastNote(view: React.RefObject<ChartView | null>, table: BarTable | null): void {
  useEffect(() => {
    if (!table) return
    const write = () => {
      const { state } = table.provenance
      const isRunning = (state === 'live' || state === 'demo') && table.count > 0
      const end = isRunning ? bucketEnd(table.micros[table.count - 1]!, table.timeframe, table.calendar) : 0
      view.current?.setLastNote(isRunning ? countdown((end - nowMicros()) / 1e6) : '')
    }
    write()
    return everySecond(write)
  }, [view, table])
}
