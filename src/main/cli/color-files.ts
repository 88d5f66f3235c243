import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { COLOR_FIELDS } from '../../core/color/color-columns.ts'
import type { ColorFileTrouble } from '../../core/color/color-problems.ts'
import { type Rule, testsOf } from '../../core/rules/condition.ts'
import { problemOf } from '../../core/rules/evaluate.ts'
import { readRulesFile } from '../../core/rules/rules-file.ts'
import { UsageError } from './arguments.ts'
import { RULES_FILE_WORDS, TEST_WORDS } from './color-words.ts'

const SHOWN_PROBLEMS = 10

export const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex')

/** Fails: UsageError for a file that cannot be read. */
export async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (fault) {
    throw new UsageError(`${path} cannot be read (${(fault as NodeJS.ErrnoException).code}).`)
  }
}

/** Why nothing of a file can be used, as a sentence. */
export function troubleSentence(path: string, trouble: ColorFileTrouble): string {
  switch (trouble.kind) {
    case 'empty':
      return `${path} is empty.`
    case 'no-header':
      return `${path} has no row with the names of the columns: MESSAGE_ID,TICKER,SECTOR,CUSIP,DATE,PRICE_LEVEL,PX,SOURCE,BIAS. docs/color.md lists all.`
    case 'column-missing':
      return `${path} has no column ${trouble.columns.join(', ')}. docs/color.md lists the names that are understood.`
    case 'column-twice':
      return `${path} has two columns that are ${trouble.column}: '${trouble.headers.join("' and '")}'. Rename or remove one.`
  }
}

/** Rules of a file. Fails: UsageError that names each place where something is wrong. */
export function rulesOf(path: string, bytes: Uint8Array): readonly Rule[] {
  const { rules, problems } = readRulesFile(new TextDecoder().decode(bytes), COLOR_FIELDS)
  const unusable = rules.flatMap(rule =>
    testsOf(rule.when).flatMap(test => {
      const problem = problemOf(test, COLOR_FIELDS)
      // Turned ends are met by no row; that is told, not refused.
      if (problem === null || problem === 'between-reversed') return []
      return [`rule '${rule.name}', ${test.field} ${test.operator} '${test.value}': ${TEST_WORDS[problem]}`]
    }),
  )
  const told = [
    ...problems.map(
      ({ path: place, kind, found }) => `${place || 'the file'}: ${RULES_FILE_WORDS[kind]}${found && ` ('${found}')`}`,
    ),
    ...unusable,
  ]
  if (told.length === 0) return rules
  const more = told.length > SHOWN_PROBLEMS ? ` And ${told.length - SHOWN_PROBLEMS} more.` : ''
  throw new UsageError(
    `${path} cannot be used. ${told.slice(0, SHOWN_PROBLEMS).join('; ')}.${more} docs/color.md has the format.`,
  )
}
