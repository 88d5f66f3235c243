import { COLOR_FIELDS } from '../../../core/color/color-columns.ts'
import { checkRules } from '../../../core/rules/checks.ts'
import type { Rule } from '../../../core/rules/condition.ts'

interface Request {
  readonly turn: number
  readonly rules: readonly Rule[]
}

// 200 rules against each other take most of a second: on a thread of its own no key waits for it.
const thread = globalThis as unknown as {
  onmessage: ((event: MessageEvent<Request>) => void) | null
  postMessage(answer: unknown): void
}
thread.onmessage = ({ data: { turn, rules } }) => thread.postMessage({ turn, findings: checkRules(rules, COLOR_FIELDS) })
