import type { FileNote } from '../../core/color/color-file.ts'
import type { ColorProblem, ColorProblemKind } from '../../core/color/color-problems.ts'
import type { RuleFinding } from '../../core/rules/checks.ts'
import type { RuleWords } from '../../core/rules/describe.ts'
import type { TestProblem } from '../../core/rules/evaluate.ts'
import type { RulesFileProblem } from '../../core/rules/rules-file.ts'

/** Each problem of a row as the end of a sentence; `{text}` is what stands there. */
const PROBLEM_WORDS: Readonly<Record<ColorProblemKind, string>> = {
  'quote-unclosed': 'a quotation mark is never closed',
  'row-too-long': 'the row is longer than any can be',
  'not-text': 'there are bytes in it that are no text',
  'mixed-encoding': 'a letter cannot be read: the file mixes encodings; save it as UTF-8',
  'too-many-cells': "'{text}' stands behind the last column; put quotation marks around text with the delimiter in it",
  missing: 'there is nothing, and there must be something',
  'cell-error': "the cell has an error or a formula without a stored value ('{text}'); open the workbook, correct it and save it",
  'id-scientific': "'{text}' was shortened by a spreadsheet and its digits are lost; export it again with the column as text",
  'id-no-number': "'{text}' is no id of a message: digits alone",
  'number-unreadable': "'{text}' is no number",
  'number-scientific': "'{text}' is in scientific notation; write all digits",
  'number-ambiguous':
    "'{text}' can be read as two numbers, and the file does not show which; write it without marks of thousands",
  'date-unreadable': "'{text}' is no date; write it as 2026-11-20",
  'date-short-year': "'{text}' has a year of two digits; write it as 2026-11-20",
  'date-ambiguous':
    "'{text}' can be read with the day or the month first, and the column does not show which; --date-order dmy or mdy says it",
  'date-orders-mixed':
    "'{text}' is in a column that has the day first in some rows and the month in others; write dates as 2026-11-20",
  'confidence-range': "'{text}' is no whole number from 0 to 10",
  'price-out-of-bounds': 'the price is outside of the bounds of its sector: {text}',
  'id-perhaps-rounded': "'{text}' ends in zeros where a spreadsheet stops keeping digits; compare it with the source",
  'cusip-invalid': "'{text}' is no valid CUSIP: length, letters or check digit",
  'no-price': 'there is no price; the row ranks behind all that have one',
  'px-differs': 'it is not the bid, or without one the ask: {text}; the given one ranks',
  'bias-unmapped': "'{text}' has no rank; it gets 99 until it is mapped",
  'rank-differs': 'the table of ranks says another one: {text}; the table counts',
  'check-keeps-out': 'a check of the desk keeps it out: {text}',
  'check-marks': 'a check of the desk marks it: {text}',
}

/** A problem as a sentence that names row and column. */
export function problemSentence({ row, column, kind, text }: ColorProblem): string {
  return `Row ${row}${column === null ? '' : `, ${column}`}: ${PROBLEM_WORDS[kind].replace('{text}', () => text)}.`
}

/** What there is to say about a workbook; `{text}` is names and places, `{count}` how many. */
const NOTE_WORDS: Readonly<Record<FileNote['kind'], string>> = {
  'hidden-sheets': 'Hidden sheets were not read: {text}.',
  'other-sheets': 'Other sheets were not read: {text}. --sheet NAME reads another one.',
  'sheet-is-hidden': 'The sheet that was read is hidden: {text}.',
  macros: 'The workbook has macros. They were not run.',
  links: 'The workbook refers to other files. They were not opened; the values that were stored count.',
  formulas: '{count} cells have formulas; their stored values were read.',
  'formulas-without-value': '{count} formulas have no stored value: open the workbook in a spreadsheet and save it.',
  'hidden-rows': '{count} hidden rows were read like all others.',
  'merged-header': 'Cells are merged in and above the header: {text}.',
  'merged-cells': 'Cells are merged between the rows; only the first of each has a value: {text}.',
  'cells-beyond': '{count} cells stand further right than is read.',
}

/** What there is to say about a workbook, as a sentence. */
export function noteSentence({ kind, count, text }: FileNote): string {
  return NOTE_WORDS[kind].replace('{count}', () => count.toLocaleString('en')).replace('{text}', () => text)
}

export const TEST_WORDS: Readonly<Record<TestProblem, string>> = {
  'unknown-field': 'there is no such column',
  'operator-does-not-fit': 'the operator does not fit the column',
  'value-missing': 'a value is missing',
  'value-unreadable': 'the value is none of the type of the column',
  'between-reversed': 'the lower end stands behind the upper one, so that no row meets it',
}

export const RULES_FILE_WORDS: Readonly<Record<RulesFileProblem['kind'], string>> = {
  'not-json': 'it is no JSON',
  'not-rules': 'it holds no rules',
  newer: 'it was written by a newer version',
  missing: 'it is missing',
  'wrong-type': 'it is of the wrong type',
  'too-deep': 'groups are nested too deeply',
  'same-id': 'two rules have this id',
  'unknown-field': 'there is no such column',
  'operator-does-not-fit': 'there is no such operator for it',
}

/** What should be known about a rule before it is used. */
export const FINDING_WORDS: Readonly<Record<RuleFinding['kind'], string>> = {
  ...TEST_WORDS,
  empty: 'it has no test',
  'never-met': 'no row can meet it',
  'always-met': 'every row meets it',
  'dead-part': 'a part of it adds nothing',
  shadowed: 'an earlier rule takes every row that it would exclude',
  duplicate: 'another rule excludes the same rows',
  'same-name': 'another rule has its name',
}

/** Rules in English words. */
export const RULE_WORDS: RuleWords = {
  and: 'and',
  or: 'or',
  not: 'not {condition}',
  everything: 'every row',
  nothing: 'no row',
  operators: {
    equal: '{field} = {value}',
    'not-equal': '{field} is not {value}',
    less: '{field} < {value}',
    greater: '{field} > {value}',
    'at-most': '{field} <= {value}',
    'at-least': '{field} >= {value}',
    between: '{field} from {value} to {value2}',
    is: "{field} is '{value}'",
    'is-not': "{field} is not '{value}'",
    contains: "{field} contains '{value}'",
    'starts-with': "{field} starts with '{value}'",
    'ends-with': "{field} ends with '{value}'",
  },
  field: name => name,
}
