import { type Problem, RULES, type RuleKey } from './rules.ts'

/** First line of a list of problems as a table. */
export const PROBLEMS_HEADER = 'line,column,rule,outcome,reason,text\r\n'

/** One problem as a line of the table, with its end. */
export function problemLine({ line, column, rule, reason, text }: Omit<Problem, 'rule'> & { readonly rule: string }): string {
  const outcome = Object.hasOwn(RULES, rule) ? RULES[rule as RuleKey].outcome : 'refused'
  return `${[String(line), column ?? '', rule, outcome, reason, text].map(csvCell).join(',')}\r\n`
}

/** A cell that no spreadsheet takes for a formula. */
function csvCell(text: string): string {
  const harmless = /^[=+@\t\r-]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
