import { useEffect, useMemo, useState } from 'react'
import type { AlertRow } from '../../contract/options-alerts.ts'
import { useDesk } from '../desk.tsx'
import type { PanelProps } from '../panels.ts'
import { saveFile } from '../ui/download.ts'
import { HeaderActions, IconButton } from '../ui/form.tsx'
import type { GridLayout } from '../ui/grid.tsx'
import { notifyFault } from '../ui/notice-fault.ts'
import { Empty, Failure, Loading } from '../ui/states.tsx'
import { useText } from '../ui/text.ts'
import css from './anomaly.module.css'
import { AlertList } from './anomaly-list.tsx'
import { PrecisionTable } from './anomaly-precision.tsx'
import { ThresholdsForm } from './anomaly-thresholds.tsx'
import { Choice } from './choice.tsx'
import { type Alerts, useAlerts } from './use-alerts.ts'
import { useUnderlyings } from './use-chain.ts'

const VIEWS = ['list', 'thresholds', 'precision'] as const
const SHOWN = ['open', 'unmarked', 'all'] as const

/** What an anomaly panel remembers. */
export interface AnomalyParams {
  readonly view?: (typeof VIEWS)[number]
  readonly show?: (typeof SHOWN)[number]
  /** Alert whose card is open. */
  readonly alert?: string | null
  readonly layout?: GridLayout
}

function isShown(alert: AlertRow, show: (typeof SHOWN)[number], chosen: string | null): boolean {
  if (alert.id === chosen || show === 'all') return true
  return show === 'unmarked' ? alert.mark === null : alert.state === 'open' || alert.state === 'late'
}

/** What the detectors raised, with a card for each; their thresholds; how often they were right. */
export function Panel({ params, setParams, setTitle, actions }: PanelProps<AnomalyParams>) {
  const { t } = useText()
  const desk = useDesk()
  const { alerts, stream } = useAlerts()
  const view = VIEWS.find(known => known === params.view) ?? 'list'
  const show = SHOWN.find(known => known === params.show) ?? 'all'
  const chosen = params.alert ?? null
  const rows = useMemo(
    () => [...(alerts ?? [])].flatMap(([id, alert]) => (isShown(alert, show, chosen) ? [id] : [])),
    [alerts, show, chosen],
  )
  useEffect(() => setTitle(t('panel.options-anomalies')), [setTitle, t])
  const save = async () => {
    for await (const { base64 } of await desk.options.alerts.export())
      saveFile('contango-alerts.csv', [Uint8Array.from(atob(base64), char => char.charCodeAt(0))], 'text/csv')
  }
  return (
    <section className={css.panel} aria-label={t('panel.options-anomalies')}>
      <HeaderActions into={actions}>
        <IconButton
          icon="import"
          label={t('alerts.export')}
          disabled={!alerts?.size}
          onClick={() => void save().catch(notifyFault)}
        />
      </HeaderActions>
      <div className={css.tools}>
        <Choice
          label={t('alerts.view')}
          value={view}
          options={VIEWS.map(value => ({ value, label: t(`alerts.view.${value}`) }))}
          onChange={next => setParams({ view: next })}
        />
        {view === 'list' ? (
          <>
            <Choice
              label={t('alerts.show')}
              value={show}
              options={SHOWN.map(value => ({ value, label: t(`alerts.show.${value}`) }))}
              onChange={next => setParams({ show: next })}
            />
            <span className={css.count} role="status">
              {stream.phase === 'waiting' && alerts ? t('alerts.cut') : t('alerts.count', { count: rows.length })}
            </span>
            <span className={css.keys}>{t('alerts.keys')}</span>
          </>
        ) : null}
      </div>
      {view === 'thresholds' ? <ThresholdsForm /> : null}
      {view === 'precision' ? <PrecisionTable alerts={alerts} /> : null}
      {view === 'list' ? (
        <ListOrState
          {...{ alerts, rows, chosen, stream }}
          layout={params.layout ?? {}}
          onLayout={patch => setParams({ layout: { ...params.layout, ...patch } })}
          onChoose={id => setParams({ alert: id })}
          onShowAll={() => setParams({ show: 'all' })}
        />
      ) : null}
    </section>
  )
}

function ListOrState({
  alerts,
  rows,
  chosen,
  stream,
  layout,
  onLayout,
  onChoose,
  onShowAll,
}: {
  alerts: Alerts | null
  rows: readonly string[]
  chosen: string | null
  stream: ReturnType<typeof useAlerts>['stream']
  layout: GridLayout
  onLayout(patch: GridLayout): void
  onChoose(id: string | null): void
  onShowAll(): void
}) {
  const { t } = useText()
  if (stream.phase === 'failed' || (stream.error && !alerts)) return <Failure error={stream.error} retry={stream.retry} />
  if (!alerts) return <Loading waitsFor={t('alerts.what')} />
  if (alerts.size === 0) return <NothingYet />
  if (rows.length === 0) return <Empty title={t('alerts.noneShown')} action={{ label: t('alerts.showAll'), run: onShowAll }} />
  return <AlertList {...{ alerts, rows, chosen, layout, onLayout, onChoose }} />
}

/** No alert was ever raised: says when one would be, and offers to look at a chain that nobody looks at. */
function NothingYet() {
  const { t } = useText()
  const desk = useDesk()
  const { chains } = useUnderlyings()
  const [asked, setAsked] = useState<string | null>(null)
  const idle = chains?.find(({ watchedInBackground, state, key }) => !watchedInBackground && state !== 'none' && key !== asked)
  const watch = (key: string) => {
    setAsked(key)
    desk.options.watchInBackground({ underlying: key, on: true }).catch(notifyFault)
  }
  return (
    <Empty
      title={t('alerts.none')}
      action={idle ? { label: t('alerts.watch', { symbol: idle.symbol }), run: () => watch(idle.key) } : undefined}
    >
      {t('alerts.noneWords')}
    </Empty>
  )
}
