import type { DeliveryView } from '../../../contract/color-outputs.ts'
import { nowMicros } from '../../now.ts'
import type { Format } from '../../ui/format.ts'
import type { GridCell, GridColumn, Tone } from '../../ui/grid-model.ts'
import type { Translate } from '../../ui/text.ts'
import { shownState, stateText, whatText } from './delivery-state.tsx'

const TONES: Readonly<Record<ReturnType<typeof shownState>, Tone>> = {
  ...{ waiting: 'plain', retrying: 'warn', off: 'dim', sending: 'strong', delivered: 'plain', partly: 'warn', failed: 'bad' },
  ...{ cancelled: 'dim', 'not-sent': 'dim' },
}

interface Source {
  readonly deliveries: () => ReadonlyMap<string, DeliveryView>
  readonly t: Translate
  readonly language: 'en' | 'es'
  readonly format: Format
}

/** Columns of the outbox. */
export function outboxColumns({ deliveries, t, language, format }: Source): GridColumn[] {
  const of = (cell: (one: DeliveryView) => GridCell) => (row: string) => {
    const one = deliveries().get(row)
    return one ? cell(one) : { text: '' }
  }
  const by = (value: (one: DeliveryView) => number | string) => (row: string) => {
    const one = deliveries().get(row)
    return one ? value(one) : Number.NaN
  }
  const next = ({ next: at }: DeliveryView): GridCell => {
    if (at === null) return { text: '' }
    const seconds = (at - nowMicros()) / 1e6
    return { text: seconds <= 0 ? '…' : format.duration(seconds), hint: format.instant(at, 'dateSecond') }
  }
  const usual = true
  return [
    {
      ...{ key: 'number', width: 88, align: 'end', usual, title: t('outputs.outbox.col.number') },
      cell: of(one => ({ text: one.isDemo ? `DEMO ${one.number}` : String(one.number), tone: one.isDemo ? 'quiet' : 'strong' })),
      sort: by(({ number }) => number),
    },
    {
      ...{ key: 'target', width: 150, align: 'start', usual, title: t('outputs.outbox.col.target') },
      cell: of(({ target, targetName }) => ({ text: target === 'mail' ? t('outputs.kind.mail') : targetName })),
      sort: by(({ targetName }) => targetName),
    },
    {
      ...{ key: 'state', width: 164, align: 'start', usual, title: t('outputs.outbox.col.state') },
      cell: of(one => ({ text: stateText(one, t), tone: TONES[shownState(one)] })),
      sort: by(one => stateText(one, t)),
    },
    {
      ...{ key: 'attempts', width: 72, align: 'end', usual, title: t('outputs.outbox.col.attempts') },
      cell: of(({ attempts }) => ({ text: attempts === 0 ? '' : String(attempts) })),
      sort: by(({ attempts }) => attempts),
    },
    {
      ...{ key: 'next', width: 116, align: 'end', usual, title: t('outputs.outbox.col.next') },
      cell: of(next),
      sort: by(one => one.next ?? Number.NaN),
    },
    {
      ...{ key: 'planned', width: 124, align: 'start', usual, title: t('outputs.outbox.col.planned') },
      cell: of(({ planned }) => ({ text: format.instant(planned, 'dateMinute'), hint: format.instant(planned, 'dateSecond') })),
      sort: by(({ planned }) => planned),
    },
    {
      ...{ key: 'what', width: 560, align: 'start', usual, title: t('outputs.outbox.col.what') },
      cell: of(one => ({
        text: whatText(one, language),
        hint: whatText(one, language),
        tone: one.state === 'delivered' ? 'quiet' : 'plain',
      })),
    },
  ]
}
