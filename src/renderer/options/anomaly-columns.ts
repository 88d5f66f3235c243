import type { AlertRow } from '../../contract/options-alerts.ts'
import type { Format } from '../ui/format.ts'
import type { GridCell, GridColumn, Tone } from '../ui/grid-model.ts'
import type { Translate } from '../ui/text.ts'
import { detectorText, edgeText, ruleText, stateHint, subjectText, unitText } from './anomaly-words.ts'
import type { Alerts } from './use-alerts.ts'

const SEVERITY_TONE = { high: 'bad', medium: 'warn', low: 'quiet' } as const satisfies Record<AlertRow['severity'], Tone>
const STATE_TONE = { open: 'strong', late: 'warn', snoozed: 'dim', closed: 'dim' } as const satisfies Record<
  AlertRow['state'],
  Tone
>
const RANK = { low: 0, medium: 1, high: 2 } as const

interface Source {
  readonly alerts: () => Alerts
  readonly t: Translate
  readonly format: Format
}

/** Columns of the list of alerts. */
export function alertColumns({ alerts, t, format }: Source): GridColumn[] {
  const of = (cell: (alert: AlertRow) => GridCell) => (row: string) => {
    const alert = alerts().get(row)
    return alert ? cell(alert) : { text: '' }
  }
  const by = (value: (alert: AlertRow) => number | string) => (row: string) => {
    const alert = alerts().get(row)
    return alert ? value(alert) : Number.NaN
  }
  const words = (key: string, width: number, cell: (alert: AlertRow) => GridCell, sort: (alert: AlertRow) => number | string) =>
    ({
      key,
      width,
      align: 'start',
      usual: true,
      title: t(`alerts.col.${key}` as 'alerts.col.state'),
      cell: of(cell),
      sort: by(sort),
    }) as const
  const figure = (
    key: 'edge' | 'value' | 'baseline' | 'lasted',
    width: number,
    cell: (alert: AlertRow) => GridCell,
    sort: (alert: AlertRow) => number,
  ) => ({
    ...({ key, width, align: 'end', usual: true, title: t(`alerts.col.${key}`), hint: t(`alerts.hint.${key}`) } as const),
    cell: of(cell),
    sort: by(sort),
  })
  return [
    words(
      'raisedAt',
      76,
      ({ raisedAt }) => ({ text: format.instant(raisedAt, 'second'), hint: format.instant(raisedAt, 'dateSecond') }),
      ({ raisedAt }) => raisedAt,
    ),
    words(
      'severity',
      68,
      ({ severity }) => ({ text: t(`alerts.severity.${severity}`), tone: SEVERITY_TONE[severity] }),
      ({ severity }) => RANK[severity],
    ),
    words(
      'subject',
      150,
      alert => ({ text: subjectText(alert, format), tone: 'strong' }),
      alert => subjectText(alert, format),
    ),
    words(
      'detector',
      130,
      ({ detector, rule, kind }) => ({ text: detectorText(detector), hint: `${ruleText(rule)} ${t(`alerts.kindHint.${kind}`)}` }),
      ({ detector }) => detector,
    ),
    words(
      'direction',
      72,
      ({ direction }) => ({ text: t(`alerts.direction.${direction}`) }),
      ({ direction }) => direction,
    ),
    figure(
      'edge',
      70,
      ({ edge, multiplier }) => ({ text: edgeText(edge, multiplier, format), tone: edge === null ? 'dim' : 'plain' }),
      ({ edge }) => edge ?? Number.NaN,
    ),
    figure(
      'value',
      76,
      ({ value, unit }) => ({ text: unitText(value, unit, format) }),
      ({ value }) => value,
    ),
    figure(
      'baseline',
      76,
      ({ baseline, unit }) => ({ text: unitText(baseline, unit, format), tone: 'quiet' }),
      ({ baseline }) => baseline,
    ),
    words(
      'state',
      72,
      alert => ({ text: t(`alerts.state.${alert.state}`), tone: STATE_TONE[alert.state], hint: stateHint(alert, format, t) }),
      ({ state }) => state,
    ),
    words(
      'mark',
      72,
      ({ mark }) => ({ text: mark === null ? '' : t(`alerts.mark.${mark}`), tone: mark === 'false' ? 'warn' : 'plain' }),
      ({ mark }) => mark ?? '',
    ),
    figure('lasted', 66, alert => ({ text: format.duration(lasted(alert)), tone: 'quiet' }), lasted),
  ]
}

function lasted({ startedAt, lastSeenAt }: AlertRow): number {
  return Math.max(0, lastSeenAt - startedAt) / 1e6
}
