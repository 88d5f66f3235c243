import { Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { Status } from '../../contract/system.ts'
import { useDesk, useStream } from '../desk.tsx'
import type { PanelProps } from '../panels.ts'
import { Figure, Figures } from '../ui/form.tsx'
import { type Format, useFormat } from '../ui/format.ts'
import { Icon } from '../ui/icons.tsx'
import { notifyFault } from '../ui/notice-fault.ts'
import { Failure, Loading } from '../ui/states.tsx'
import { isTextKey, type Translate, textOr, useText } from '../ui/text.ts'
import { LatencyTable } from './latency-table.tsx'
import css from './status-panel.module.css'

/** How the host is doing: latency by step, event loop, queues, rates, memory, disk, journal and stores. */
export function Panel(_props: PanelProps<object>) {
  const { t } = useText()
  const format = useFormat()
  const [status, setStatus] = useState<Status | null>(null)
  const stream = useStream('status-panel', (desk, signal) => desk.system.watchStatus(undefined, { signal }), setStatus)
  if (stream.phase === 'failed') return <Failure error={stream.error} retry={stream.retry} />
  if (!status)
    return stream.error ? <Failure error={stream.error} retry={stream.retry} /> : <Loading waitsFor={t('status.wait')} />
  return (
    <div className={css.panel}>
      <Notices status={status} t={t} format={format} />
      <div className={css.sections}>
        <Section title={t('status.latency')} wide>
          <LatencyTable steps={status.latency} />
        </Section>
        <Section title={t('status.eventLoop')}>
          <Figures>
            <Figure name="p50">{format.duration(status.eventLoop.p50)}</Figure>
            <Figure name="p99" tone={status.eventLoop.p99 > 0.02 ? 'warn' : undefined}>
              {format.duration(status.eventLoop.p99)}
            </Figure>
            <Figure name={t('status.max')}>{format.duration(status.eventLoop.max)}</Figure>
            <Figure name={t('status.uptime')}>{format.duration(status.uptimeSeconds)}</Figure>
          </Figures>
        </Section>
        <Store status={status} t={t} format={format} />
        <Section title={t('status.journalTitle')}>
          <Figures>
            <Figure name={t('status.head')}>{format.whole(status.journal.head)}</Figure>
            <Figure name={t('status.checked')} tone={status.journal.verified ? 'good' : 'bad'}>
              {status.journal.verified ? t('status.yes') : t('status.no')}
            </Figure>
            <Figure name={t('status.hash')} title={status.journal.hash}>
              {status.journal.hash.slice(0, 12)}
            </Figure>
          </Figures>
        </Section>
        <Section title={t('status.memoryTitle')}>
          <Figures>
            {status.memory.map(part => (
              <Figure key={part.process} name={textOr(`status.process.${part.process}`, part.process)}>
                {format.bytes(part.bytes)}
              </Figure>
            ))}
          </Figures>
        </Section>
        <Section title={t('status.disk')}>
          <Figures>
            <Figure name={t('status.free')} tone={status.disk.free < 500_000_000 ? 'warn' : undefined} title={status.disk.folder}>
              {format.bytes(status.disk.free)}
            </Figure>
            <Figure name={t('status.journalTitle')}>{format.bytes(status.disk.journal)}</Figure>
            <Figure name={t('status.market')}>{format.bytes(status.disk.market)}</Figure>
            <Figure name={t('status.segments')}>{format.bytes(status.disk.segments)}</Figure>
            <Figure
              name={t('status.ticksKept')}
              title={
                status.retention.prunedAt === null
                  ? t('status.notPruned')
                  : t('status.pruned', {
                      rows: format.whole(status.retention.pruned),
                      time: format.instant(status.retention.prunedAt, 'dateSecond'),
                    })
              }
            >
              {t('status.ticksKeptFor', { days: status.retention.keepDays, hours: status.retention.demoHours })}
            </Figure>
          </Figures>
        </Section>
        <Section title={t('status.workers')}>
          <Figures>
            <Figure name={t('status.threads')}>{format.whole(status.workers.threads)}</Figure>
            <Figure name={t('status.busy')}>{format.whole(status.workers.busy)}</Figure>
            <Figure name={t('status.waiting')}>{format.whole(status.workers.waiting)}</Figure>
            <Figure name={t('status.replaced')} tone={status.workers.replaced > 0 ? 'warn' : undefined}>
              {format.whole(status.workers.replaced)}
            </Figure>
          </Figures>
        </Section>
        {status.queues.length > 0 ? <Queues status={status} t={t} format={format} /> : null}
        {status.rates.length > 0 ? <Rates status={status} t={t} format={format} /> : null}
      </div>
    </div>
  )
}

interface PartProps {
  readonly status: Status
  readonly t: Translate
  readonly format: Format
}

function Section({ title, wide = false, children }: { title: string; wide?: boolean; children: ReactNode }) {
  return (
    <section className={css.section} data-wide={wide}>
      <h3>{title}</h3>
      {children}
    </section>
  )
}

function Notices({ status, t, format }: PartProps) {
  if (status.notices.length === 0) return null
  return (
    <ul className={css.notices} aria-label={t('notice.area')}>
      {status.notices.map(notice => {
        const key = `status.notice.${notice.key}`
        const filled = notice.key === 'disk-low' ? format.bytes(Number(notice.text)) : notice.text
        return (
          <li key={`${notice.key}${notice.text}`} data-level={notice.level}>
            <Icon name="warning" size={13} />
            <span>{isTextKey(key) ? textOr(key, '').replace('{what}', filled) : notice.text}</span>
          </li>
        )
      })}
    </ul>
  )
}

function Store({ status, t, format }: PartProps) {
  const desk = useDesk()
  const { data } = status
  const tone = data.phase === 'up' ? 'good' : data.phase === 'failed' ? 'bad' : 'warn'
  return (
    <Section title={t('status.store')}>
      <Figures>
        <Figure name={t('status.phase')} tone={tone}>
          {t(`status.phase.${data.phase}`)}
        </Figure>
        <Figure name={t('status.pid')}>{data.pid ?? '—'}</Figure>
        <Figure name={t('status.restarts')} tone={data.restarts > 0 ? 'warn' : undefined}>
          {format.whole(data.restarts)}
        </Figure>
        <Figure name={t('status.unwritten')}>{format.whole(data.unwrittenRows)}</Figure>
        <Figure name={t('status.lossWindow')}>{format.duration(data.lossWindowSeconds)}</Figure>
      </Figures>
      {data.reason ? <p className={css.reason}>{data.reason}</p> : null}
      {data.phase === 'failed' ? (
        <Button className={css.remedy ?? ''} onClick={() => void desk.system.rebuild().catch(notifyFault)}>
          {t('status.rebuild')}
        </Button>
      ) : null}
    </Section>
  )
}

function Queues({ status, t, format }: PartProps) {
  return (
    <Section title={t('status.queues')}>
      <table className={css.table}>
        <thead>
          <tr>
            <th>{t('status.name')}</th>
            <th>{t('status.length')}</th>
            <th>{t('status.limit')}</th>
            <th>{t('status.dropped')}</th>
          </tr>
        </thead>
        <tbody>
          {status.queues.map(queue => (
            <tr key={queue.name}>
              <td>{textOr(`status.queue.${queue.name}`, queue.name)}</td>
              <td>{format.whole(queue.length)}</td>
              <td>{format.whole(queue.limit)}</td>
              <td data-tone={queue.dropped > 0 ? 'warn' : undefined}>{format.whole(queue.dropped)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  )
}

function Rates({ status, t, format }: PartProps) {
  return (
    <Section title={t('status.rates')}>
      <table className={css.table}>
        <thead>
          <tr>
            <th>{t('status.name')}</th>
            <th>{t('status.perSecond')}</th>
            <th>{t('status.total')}</th>
          </tr>
        </thead>
        <tbody>
          {status.rates.map(rate => (
            <tr key={rate.name}>
              <td>{textOr(`status.rate.${rate.name}`, rate.name)}</td>
              <td>{format.number(rate.perSecond, 1)}</td>
              <td>{format.whole(rate.total)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  )
}
