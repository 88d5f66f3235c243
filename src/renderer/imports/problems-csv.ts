import type { RowProblem } from '../../contract/imports.ts'

/** The problems as a table that a spreadsheet opens. */
export function csvOfProblems(problems: readonly RowProblem[]): string {
  const quoted = (value: string | number | null) => `"${String(value ?? '').replaceAll('"', '""')}"`
  const lines = problems.map(({ line, column, rule, reason, text }) => [line, column, rule, reason, text].map(quoted).join(','))
  return `${['line,column,rule,reason,text', ...lines].join('\r\n')}\r\n`
}
