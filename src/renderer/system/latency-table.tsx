import type { Status } from '../../contract/system.ts'
import { useFormat } from '../ui/format.ts'
import { textOr, useText } from '../ui/text.ts'
import css from './status-panel.module.css'

type Step = Status['latency'][number]

/** Bounds of the drawing in powers of ten of a second: from 10 µs to 10 s, six columns to a decade. */
const FROM = -5
const TO = 1
const PER_DECADE = 6
const COLUMNS = (TO - FROM) * PER_DECADE

/** Counts of a step in equal columns of log seconds; what lies outside goes to the first or the last. */
function columnsOf(step: Step): number[] {
  const columns = new Array<number>(COLUMNS).fill(0)
  for (const [bound, count] of step.buckets) {
    const at = Math.floor((Math.log10(Math.max(bound, 1e-9)) - FROM) * PER_DECADE - 1e-9)
    const column = Math.min(COLUMNS - 1, Math.max(0, at))
    columns[column] = (columns[column] ?? 0) + count
  }
  return columns
}

/** One line a step: how its seconds are spread, and the quantiles. All lines share one scale, so they can be compared. */
export function LatencyTable({ steps }: { steps: readonly Step[] }) {
  const { t } = useText()
  const format = useFormat()
  if (steps.length === 0) return <p className={css.quiet}>{t('status.noLatency')}</p>
  return (
    <>
      <table className={css.table}>
        <thead>
          <tr>
            <th>{t('status.step')}</th>
            <th className={css.spread}>
              <span className={css.scale} aria-hidden="true">
                {['10 µs', '1 ms', '100 ms', '10 s'].map(mark => (
                  <i key={mark}>{mark}</i>
                ))}
              </span>
              <span className="visually-hidden">{t('status.spread')}</span>
            </th>
            <th>p50</th>
            <th>p99</th>
            <th>{t('status.max')}</th>
            <th>{t('status.count')}</th>
          </tr>
        </thead>
        <tbody>
          {steps.map(step => (
            <tr key={step.step}>
              <td>{textOr(`status.step.${step.step}`, step.step)}</td>
              <td className={css.spread}>
                <Bars columns={columnsOf(step)} p99={step.p99} />
              </td>
              <td>{format.duration(step.p50)}</td>
              <td>{format.duration(step.p99)}</td>
              <td>{format.duration(step.max)}</td>
              <td>{format.volume(step.count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={css.quiet}>{t('status.stepsNote')}</p>
    </>
  )
}

/** Square root, so that the rare slow ones, which matter most, can still be seen. */
function barPath(index: number, share: number): string {
  if (share === 0) return ''
  const height = Math.max(1.5, 19 * Math.sqrt(share))
  return `M${index + 0.1} 20v${-height}h0.8v${height}z`
}

function Bars({ columns, p99 }: { columns: readonly number[]; p99: number }) {
  const most = Math.max(1, ...columns)
  const mark = Math.min(1, Math.max(0, (Math.log10(Math.max(p99, 1e-9)) - FROM) / (TO - FROM))) * COLUMNS
  return (
    <svg className={css.bars} viewBox={`0 0 ${COLUMNS} 20`} preserveAspectRatio="none" aria-hidden="true">
      <path d={columns.map((count, index) => barPath(index, count / most)).join('')} />
      <line x1={mark} x2={mark} y1={0} y2={20} vectorEffect="non-scaling-stroke" />
    </svg>
  )
}
