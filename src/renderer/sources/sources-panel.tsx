import { Switch } from '@mantine/core'
import { useEffect, useReducer, useState } from 'react'
import type { SourceState } from '../../contract/sources.ts'
import { useDesk, useHello, useStream } from '../desk.tsx'
import { nowMicros } from '../now.ts'
import type { PanelProps } from '../panels.ts'
import { everySecond } from '../second.ts'
import { Figure, Figures } from '../ui/form.tsx'
import { type Format, useFormat } from '../ui/format.ts'
import { Icon } from '../ui/icons.tsx'
import { notifyFault } from '../ui/notice-fault.ts'
import { Failure, Loading } from '../ui/states.tsx'
import { reasonWords, useText } from '../ui/text.ts'
import { AddSymbol } from './add-symbol.tsx'
import css from './sources-panel.module.css'

/** The feeds: state, age, latency, last error and budget of each, and the switch that turns it on or off. */
export function Panel({ setSubject }: PanelProps<object>) {
  const { t } = useText()
  const [sources, setSources] = useState<readonly SourceState[] | null>(null)
  const stream = useStream(
    'sources-panel',
    (desk, signal) => desk.sources.watch(undefined, { signal }),
    value => setSources(value.sources),
  )
  // Ages grow between two messages of the stream, above all when there are none.
  const [, tick] = useReducer((n: number) => n + 1, 0)
  useEffect(() => everySecond(tick), [])
  if (stream.phase === 'failed') return <Failure error={stream.error} retry={stream.retry} />
  if (!sources)
    return stream.error ? <Failure error={stream.error} retry={stream.retry} /> : <Loading waitsFor={t('source.wait')} />
  return (
    <ul className={css.list}>
      {sources.map(source => (
        <Source key={source.name} source={source} onSymbol={setSubject} />
      ))}
    </ul>
  )
}

function Source({ source, onSymbol }: { source: SourceState; onSymbol(id: string): void }) {
  const { t } = useText()
  const format = useFormat()
  const canAdd = source.enabled && (source.gives === 'delayed' || source.gives === 'live')
  const reason = source.reason ? reasonWords(source.reason) : null
  return (
    <li className={css.source} data-phase={source.phase}>
      <div className={css.head}>
        <i className={css.dot} aria-hidden="true" />
        <strong>{source.title}</strong>
        <span className={css.gives} data-state={source.gives}>
          {t(`live.${source.gives}`)}
        </span>
        <span className={css.phase} title={t('source.since', { time: format.instant(source.since, 'dateSecond') })}>
          {t(`source.phase.${source.phase}`)}
        </span>
        {reason ? (
          <span className={css.reason} title={reason}>
            {reason}
          </span>
        ) : null}
        <OnOff source={source} />
      </div>
      {source.enabled ? <SourceFigures source={source} format={format} /> : null}
      {source.lastError ? (
        <p className={css.fault}>
          <Icon name="warning" size={12} />
          <span>
            {t('source.lastError', {
              age: format.age(source.lastError.at),
              reason: reasonWords(source.lastError.reason).replace(/\.$/, ''),
            })}
          </span>
        </p>
      ) : null}
      {canAdd ? <AddSymbol source={source.name} title={source.title} onAdded={onSymbol} /> : null}
    </li>
  )
}

function OnOff({ source }: { source: SourceState }) {
  const desk = useDesk()
  const hello = useHello()
  const { t } = useText()
  const [wanted, setWanted] = useState<boolean | null>(null)
  const mayNot = hello !== null && hello.mayWrite.length > 0 && !hello.mayWrite.some(right => right.startsWith('sources'))
  const change = (enabled: boolean) => {
    setWanted(enabled)
    desk.sources
      .set({ name: source.name, enabled })
      .catch(notifyFault)
      .finally(() => setWanted(null))
  }
  return (
    <Switch
      className={css.switch ?? ''}
      checked={wanted ?? source.enabled}
      disabled={mayNot || wanted !== null}
      aria-label={t(source.enabled ? 'source.turnOff' : 'source.turnOn', { source: source.title })}
      onChange={event => change(event.currentTarget.checked)}
    />
  )
}

function SourceFigures({ source, format }: { source: SourceState; format: Format }) {
  const { t } = useText()
  const { budget, counts } = source
  const now = nowMicros()
  return (
    <Figures>
      <Figure name={t('source.age')} title={format.instant(source.lastRecord, 'dateSecond')}>
        {source.lastRecord === null ? t('live.never') : format.age(source.lastRecord, now)}
      </Figure>
      <Figure name={t('source.latency')}>{format.duration(source.latencySeconds)}</Figure>
      <Figure name={t('source.rate')}>{format.number(source.messagesPerSecond, source.messagesPerSecond < 10 ? 1 : 0)}</Figure>
      <Figure name={t('source.subscribed')}>{format.whole(source.subscribed)}</Figure>
      <Figure name={t('source.received')}>{format.volume(counts.received)}</Figure>
      <Figure name={t('source.refused')} tone={counts.refused > 0 ? 'warn' : undefined}>
        {format.whole(counts.refused)}
      </Figure>
      <Figure name={t('source.gaps')} tone={counts.gaps > 0 ? 'warn' : undefined}>
        {format.whole(counts.gaps)}
      </Figure>
      <Figure name={t('source.reconnects')}>{format.whole(counts.reconnects)}</Figure>
      <Figure name={t('source.cacheHits')}>{format.whole(counts.cacheHits)}</Figure>
      <Figure name={t('source.budget')} tone={budget && budget.left === 0 ? 'warn' : undefined}>
        {budget
          ? t('source.budgetOf', {
              left: format.whole(budget.left),
              of: format.whole(budget.of),
              window: format.duration(budget.perSeconds),
            })
          : t('source.noLimit')}
      </Figure>
      {budget?.nextTry != null && budget.nextTry > now ? (
        <Figure name={t('source.nextTry')}>{format.duration((budget.nextTry - now) / 1e6)}</Figure>
      ) : null}
    </Figures>
  )
}
