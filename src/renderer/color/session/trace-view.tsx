import type { Trace } from '../../../core/rules/evaluate.ts'
import type { OperatorName } from '../../../core/rules/operators.ts'
import { type Translate, useText } from '../../ui/text.ts'
import css from './session.module.css'
import { columnWords } from './session-words.ts'

const SIGNS: Readonly<Partial<Record<OperatorName, string>>> = {
  equal: '=',
  'not-equal': '≠',
  less: '<',
  greater: '>',
  'at-most': '≤',
  'at-least': '≥',
  is: '=',
  'is-not': '≠',
}

function operatorWords(operator: OperatorName, t: Translate): string {
  const sign = SIGNS[operator]
  if (sign) return sign
  return operator === 'between'
    ? t('colorSession.op.between')
    : operator === 'contains'
      ? t('colorSession.op.contains')
      : operator === 'starts-with'
        ? t('colorSession.op.starts-with')
        : t('colorSession.op.ends-with')
}

/** A condition with its answer for one row: every part, and every test with the value that it saw. */
export function TraceView({ trace }: { trace: Trace }) {
  const { t } = useText()
  const mark = (
    <span data-met={trace.met} title={t(trace.met ? 'colorSession.met' : 'colorSession.notMet')}>
      {trace.met ? '✓' : '✕'}
    </span>
  )
  if (trace.kind === 'test') {
    const { test, actual } = trace
    const operand = test.value2 === undefined || test.operator !== 'between' ? test.value : `${test.value} – ${test.value2}`
    return (
      <div className={css.trace}>
        {mark} {columnWords(test.field)} {operatorWords(test.operator, t)} {operand}
        <span className={css.quiet}>
          {actual === null ? t('colorSession.actualMissing') : t('colorSession.actual', { value: actual })}
        </span>
      </div>
    )
  }
  return (
    <div className={css.trace}>
      {mark} {t(`colorSession.group.${trace.kind}`)}
      <div className={css.traceOf}>
        {trace.of.map((part, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts of a condition stand in its order
          <TraceView key={at} trace={part} />
        ))}
      </div>
    </div>
  )
}
