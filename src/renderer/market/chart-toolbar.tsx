import { Menu, Popover } from '@mantine/core'
import type { ReactNode } from 'react'
import { TIMEFRAMES, type Timeframe } from '../../core/market/bars.ts'
import { CHART_SCALES, CHART_STYLES, type ChartScale, type ChartStyle } from '../ui/chart-model.ts'
import { useText } from '../ui/text.ts'
import { Icon, type IconName } from './chart-icons.tsx'
import css from './chart-panel.module.css'

/** Timeframes that have a button of their own; the others are in the menu behind them. */
const FAVOURITES: readonly Timeframe[] = ['1m', '5m', '15m', '1h', '1d', '1w']

/** Which of the chart's drop-downs is open. */
export type ChartMenu = 'indicators' | 'compare' | 'goto' | 'subject' | null

interface ToolbarProps {
  readonly timeframe: Timeframe
  readonly style: ChartStyle
  readonly scale: ChartScale
  readonly showVolume: boolean
  readonly open: ChartMenu
  readonly indicators: ReactNode
  readonly compare: ReactNode
  onOpen(menu: ChartMenu): void
  onTimeframe(timeframe: Timeframe): void
  onStyle(style: ChartStyle): void
  onScale(scale: ChartScale): void
  onVolume(): void
}

/** Row of controls over the chart. What does not fit in a narrow panel is also in the menus and under keys. */
export function ChartToolbar(props: ToolbarProps) {
  const { t } = useText()
  const { timeframe, style, scale } = props
  const isRare = !FAVOURITES.includes(timeframe)
  return (
    <div className={css.bar} role="toolbar" aria-label={t('panel.chart')}>
      {FAVOURITES.map(one => (
        <button
          key={one}
          type="button"
          className={`${css.button} ${css.optional}`}
          aria-pressed={one === timeframe}
          onClick={() => props.onTimeframe(one)}
        >
          {one}
        </button>
      ))}
      <Menu position="bottom-start" shadow="md" offset={2}>
        <Menu.Target>
          <button
            type="button"
            className={css.button}
            aria-label={t('chart.timeframe')}
            title={t('chart.timeframe')}
            aria-pressed={isRare}
          >
            {isRare ? timeframe : null}
            <Icon name="down" />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {TIMEFRAMES.map(one => (
            <Menu.Item key={one} role="menuitemradio" aria-checked={one === timeframe} onClick={() => props.onTimeframe(one)}>
              {one}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <span className={css.rule} />
      <Menu position="bottom-start" shadow="md" offset={2}>
        <Menu.Target>
          <button type="button" className={css.button} aria-label={t('chart.style')} title={t('chart.style')}>
            <Icon name={style} />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {CHART_STYLES.map(one => (
            <Menu.Item
              key={one}
              role="menuitemradio"
              aria-checked={one === style}
              leftSection={<Icon name={one} />}
              onClick={() => props.onStyle(one)}
            >
              {t(`chart.style.${one}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Dropdown icon="indicators" label={t('chart.indicators')} keys="I" name="indicators" toolbar={props}>
        {props.indicators}
      </Dropdown>
      <Dropdown icon="plus" label={t('chart.compare')} keys="C" name="compare" toolbar={props}>
        {props.compare}
      </Dropdown>
      <button
        type="button"
        className={`${css.button} ${css.rare}`}
        aria-pressed={props.showVolume}
        aria-label={t('chart.volume')}
        title={`${t('chart.volume')} (V)`}
        onClick={props.onVolume}
      >
        <Icon name="volume" />
      </button>
      <span className={css.space} />
      {/* biome-ignore lint/a11y/useSemanticElements: a group of pressed buttons in a toolbar, not a set of fields */}
      <span role="group" aria-label={t('chart.scale')} className={css.rare}>
        {CHART_SCALES.map(one => (
          <button
            key={one}
            type="button"
            className={css.button}
            aria-pressed={one === scale}
            title={
              one === 'log' ? `${t('chart.scale.log')} (L)` : one === 'percent' ? `${t('chart.scale.percent')} (P)` : undefined
            }
            aria-label={t(`chart.scale.${one}`)}
            onClick={() => props.onScale(one)}
          >
            {one === 'percent' ? '%' : t(`chart.scale.${one}`)}
          </button>
        ))}
      </span>
    </div>
  )
}

function Dropdown({
  icon,
  label,
  keys,
  name,
  toolbar,
  children,
}: {
  icon: IconName
  label: string
  keys: string
  name: Exclude<ChartMenu, null>
  toolbar: ToolbarProps
  children: ReactNode
}) {
  const isOpen = toolbar.open === name
  return (
    <Popover
      opened={isOpen}
      onChange={open => toolbar.onOpen(open ? name : null)}
      position="bottom-start"
      shadow="md"
      offset={2}
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <button
          type="button"
          className={css.button}
          aria-label={label}
          title={`${label} (${keys})`}
          onClick={() => toolbar.onOpen(isOpen ? null : name)}
        >
          <Icon name={icon} />
          <span className={css.word}>{label}</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown p={10} aria-label={label}>
        {children}
      </Popover.Dropdown>
    </Popover>
  )
}

export const RANGES = ['1D', '5D', '1M', '3M', '6M', 'YTD', '1Y', '5Y', 'all'] as const
export type ChartRange = (typeof RANGES)[number]

/** Row under the chart: stretches of time, a date to go to, and the zone that the times are in. */
export function ChartFoot({
  zone,
  open,
  onOpen,
  onRange,
  onDate,
  onNewest,
  isLoadingOlder,
}: {
  /** Null while there are no times to name it for. */
  zone: string | null
  open: ChartMenu
  onOpen(menu: ChartMenu): void
  onRange(range: ChartRange): void
  onDate(date: string): void
  onNewest(): void
  isLoadingOlder: boolean
}) {
  const { t } = useText()
  return (
    <div className={css.bar} data-place="bottom" role="toolbar" aria-label={t('chart.range')}>
      {RANGES.map(range => (
        <button
          key={range}
          type="button"
          className={`${css.button} ${isCommon(range) ? '' : css.rare}`}
          onClick={() => onRange(range)}
        >
          {t(`chart.range.${range}`)}
        </button>
      ))}
      <span className={css.rule} />
      <Popover
        opened={open === 'goto'}
        onChange={isOpen => onOpen(isOpen ? 'goto' : null)}
        position="top-start"
        shadow="md"
        trapFocus
        returnFocus
      >
        <Popover.Target>
          <button
            type="button"
            className={css.button}
            aria-label={t('chart.goto')}
            title={`${t('chart.goto')} (G)`}
            onClick={() => onOpen(open === 'goto' ? null : 'goto')}
          >
            <Icon name="calendar" />
          </button>
        </Popover.Target>
        <Popover.Dropdown p={10} aria-label={t('chart.goto')}>
          <form
            style={{ display: 'flex', gap: 6 }}
            onSubmit={event => {
              event.preventDefault()
              const date = new FormData(event.currentTarget).get('date')
              if (typeof date === 'string' && date !== '') onDate(date)
            }}
          >
            <input
              type="date"
              name="date"
              data-autofocus
              aria-label={t('chart.goto')}
              required
              min="1600-01-01"
              max="2199-12-31"
            />
            <button type="submit" className={css.button}>
              {t('chart.gotoGo')}
            </button>
          </form>
        </Popover.Dropdown>
      </Popover>
      <button
        type="button"
        className={css.button}
        aria-label={t('chart.newest')}
        title={`${t('chart.newest')} (${'End'})`}
        onClick={onNewest}
      >
        <Icon name="newest" />
      </button>
      <span className={css.space} />
      {isLoadingOlder ? <span className={css.quiet}>{t('chart.older')}</span> : null}
      {zone === null ? null : (
        <span className={`${css.quiet} ${css.optional}`} title={t('chart.zone', { zone })} style={{ padding: '0 6px' }}>
          {zone.split('/').at(-1)!.replaceAll('_', ' ')}
        </span>
      )}
    </div>
  )
}

const isCommon = (range: ChartRange) => range === '1D' || range === '1M' || range === '1Y' || range === 'all'

/** The actions in the panel's header: a picture, and everything that is needed less often. */
export function ChartActions({
  scale,
  showVolume,
  onScale,
  onVolume,
  onPicture,
  onCsv,
  onReset,
}: {
  scale: ChartScale
  showVolume: boolean
  onScale(scale: ChartScale): void
  onVolume(): void
  onPicture(): void
  onCsv(): void
  onReset(): void
}) {
  const { t } = useText()
  const keys: readonly (readonly [keys: string, what: string])[] = [
    ['← →', t('chart.keysPan')],
    ['+ −', t('chart.keysZoom')],
    ['Shift ← →', t('chart.keysCross')],
    ['5 Enter', t('chart.keysTimeframe')],
    ['I', t('chart.indicators')],
    ['C', t('chart.compare')],
    ['L / P', `${t('chart.scale.log')} / ${t('chart.scale.percent')}`],
    ['V', t('chart.volume')],
    ['G', t('chart.goto')],
    ['End', t('chart.newest')],
    ['R', t('chart.reset')],
    ['Alt S', t('chart.picture')],
  ]
  return (
    <>
      <button
        type="button"
        className={css.tool}
        aria-label={t('chart.picture')}
        title={`${t('chart.picture')} (Alt S)`}
        onClick={onPicture}
      >
        <Icon name="camera" />
      </button>
      <Menu position="bottom-end" shadow="md" offset={2}>
        <Menu.Target>
          <button type="button" className={css.tool} aria-label={t('chart.more')} title={t('chart.more')}>
            <Icon name="gear" />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={onPicture}>{t('chart.picture')}</Menu.Item>
          <Menu.Item onClick={onCsv}>{t('chart.csv')}</Menu.Item>
          <Menu.Item onClick={onReset}>{t('chart.reset')}</Menu.Item>
          <Menu.Divider />
          <Menu.Item role="menuitemcheckbox" aria-checked={showVolume} onClick={onVolume}>
            {showVolume ? '✓ ' : '\u2003 '}
            {t('chart.volume')}
          </Menu.Item>
          {CHART_SCALES.map(one => (
            <Menu.Item key={one} role="menuitemradio" aria-checked={one === scale} onClick={() => onScale(one)}>
              {one === scale ? '✓ ' : '\u2003 '}
              {t(`chart.scale.${one}`)}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Label>{t('chart.shortcuts')}</Menu.Label>
          <div className={css.keys}>
            {keys.map(([press, what]) => (
              <div key={press} style={{ display: 'contents' }}>
                <kbd>{press}</kbd>
                <span>{what}</span>
              </div>
            ))}
          </div>
          <Menu.Divider />
          <Menu.Item component="a" href="https://www.tradingview.com/" target="_blank" rel="noreferrer">
            {t('chart.attribution')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  )
}
