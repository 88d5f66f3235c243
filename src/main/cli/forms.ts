import { columnRole, mapping } from '../../contract/imports.ts'
import { timeframe } from '../../contract/wire.ts'
import { PX_DIRECTIONS } from '../../core/color/order.ts'
import { flagName, SETTINGS } from '../../platform/config.ts'
import type { CommandForm, Flag } from './arguments.ts'

const COMMON: Readonly<Record<string, Flag>> = {
  data: { value: 'DIR', what: 'the workspace folder; your user-data folder without it' },
  json: { value: null, what: 'one JSON value on standard output' },
  help: { value: null, what: 'this help' },
}

const settings: Record<string, Flag> = Object.fromEntries(
  SETTINGS.map(setting => [flagName(setting.key).slice(2), { value: 'VALUE', what: `as if Contango were started with it` }]),
)

/** Every command with what it takes; the help and the refusals are made from this table. */
export const FORMS = {
  import: {
    takes: ['FILE'],
    what: 'read a CSV, JSON or Parquet file into a series',
    flags: {
      series: { value: 'NAME', what: 'name of the series; made from the name of the file without it' },
      map: { value: 'COLUMN=ROLE,…', what: `what columns mean; roles: ${columnRole.options.join(', ')}`, repeats: true },
      replace: { value: null, what: 'take the place of a series of that name' },
      'dry-run': { value: null, what: 'say what would be refused, and store nothing' },
      kind: { value: 'KIND', what: 'bars, values or ticks', choices: mapping.shape.kind.options },
      timeframe: { value: 'T', what: 'distance of the rows, as 1m or 1d', choices: timeframe.options },
      'time-zone': { value: 'ZONE', what: 'zone of times that name none, as America/New_York' },
      'date-order': {
        value: 'ORDER',
        what: 'order of day and month, or the unit of epoch counts',
        choices: mapping.shape.dateOrder.options,
      },
      delimiter: { value: 'CHARACTER', what: 'what stands between fields; tab for a tabulator' },
      decimal: { value: 'SIGN', what: 'decimal sign', choices: mapping.shape.decimal.options },
      encoding: { value: 'NAME', what: 'encoding of the text', choices: mapping.shape.encoding.options },
      'header-rows': { value: 'N', what: 'rows before the first row of data' },
      unit: { value: 'UNIT', what: 'unit of the prices, as USD/bbl' },
    },
  },
  query: {
    takes: ['SQL'],
    what: 'run one reading SQL statement',
    flags: { limit: { value: 'N', what: 'rows at most, 1 to 20000; 2000 without it' } },
  },
  export: {
    takes: ['SERIES'],
    what: 'write a series to a file',
    flags: {
      out: { value: 'FILE', what: 'the file to write' },
      format: {
        value: 'FORMAT',
        what: 'csv, parquet or json; from the ending of the file without it',
        choices: ['csv', 'parquet', 'json'],
      },
    },
  },
  options: {
    takes: ['WHAT', 'FILE'],
    what: 'price, iv or american: answer every row of a file of options; chain: what a file of quotes says',
    flags: {
      out: { value: 'FILE', what: 'the file to write: one row for each, in the same order' },
      scheme: {
        value: 'NAME',
        what: 'how exactly American options are solved; by the size of the file without it',
        choices: ['fast', 'accurate', 'precise'],
      },
      rate: { value: 'PERCENT', what: 'for chain: rate where the quotes do not tell one; 4 without it' },
      model: {
        value: 'NAME',
        what: "bachelier for every row, or for iv american; else Black's, and Bachelier where forward or strike is not above zero",
        choices: ['black', 'bachelier', 'american'],
      },
    },
  },
  color: {
    takes: ['WHAT', 'FILE'],
    may: ['FILE'],
    what: 'process: check, exclude, rank and group a workbook or CSV file of dealer quotes; why: what the rules say of one row; generate: invented ones; rules list, rules export FILE, rules import FILE: the rules of the workspace; dry-run: what other rules would do to its history',
    flags: {
      rules: { value: 'RULES.json', what: 'the rules that exclude rows; docs/color.md has the format' },
      out: { value: 'FILE', what: 'the file to write: .xlsx, .csv, and for process .parquet' },
      sheet: { value: 'NAME', what: 'sheet of a workbook; the first visible one whose columns are understood without it' },
      direction: {
        value: 'WHICH',
        what: 'for process: which price comes first among equals in date and rank; highest without it',
        choices: PX_DIRECTIONS,
      },
      rows: { value: 'N', what: 'for generate: how many rows; 1800 without it' },
      seed: { value: 'S', what: 'for generate: the same seed gives the same file' },
      dirty: { value: null, what: 'for generate: one row in twenty has a fault' },
      days: { value: 'N', what: 'for dry-run: how many days back; 90 without it' },
      row: { value: 'N', what: 'for why: row of the file, as a spreadsheet counts: the names usually stand in row 1' },
      'date-order': {
        value: 'ORDER',
        what: 'order of day and month, for columns that do not show it',
        choices: ['dmy', 'mdy'],
      },
    },
  },
  series: { takes: [], what: 'list the stored series', flags: {} },
  doctor: {
    takes: [],
    what: 'check the installation and the stores',
    flags: { salvage: { value: null, what: 'rescue a damaged journal: keep every entry before the damage, set the file aside' } },
  },
  jobs: {
    takes: ['WHAT'],
    what: 'list, next or run: scheduled jobs of the open workstation',
    flags: {
      job: { value: 'NAME', what: 'name or id of a job' },
      count: { value: 'N', what: 'for next: how many runs, 1 to 100; 10 without it' },
      'skip-next': { value: null, what: 'for run: leave out the next planned run' },
    },
  },
  secrets: {
    takes: ['WHAT'],
    may: ['NAME'],
    what: 'list, set, remove, test or unlock; a value is typed when asked, or the first line of standard input',
    flags: {},
  },
  backup: {
    takes: [],
    what: 'put the whole workspace into one file, restored to scratch and compared',
    flags: {
      out: { value: 'FILE', what: 'the file to make; a new one in the folder of the settings without it' },
      encrypt: { value: null, what: 'seal it with a passphrase: typed when asked, or the first line of standard input' },
    },
  },
  restore: {
    takes: ['FILE'],
    what: 'put a backup in the place of the workspace, which is set aside',
    flags: {
      encrypted: { value: null, what: 'it is sealed: the passphrase is typed when asked, or the first line of standard input' },
      'replace-other': { value: null, what: 'also where the backup is of another workspace' },
    },
  },
  diagnostics: {
    takes: [],
    what: 'put what a report of a fault needs into one file, without data and secrets',
    flags: { out: { value: 'FILE', what: 'the tar to write' } },
  },
  config: { takes: ['explain'], what: 'each setting with its value and where that came from', flags: settings },
} as const satisfies Record<string, CommandForm>

export type CommandName = keyof typeof FORMS

export function formOf(name: CommandName): CommandForm {
  const form: CommandForm = FORMS[name]
  return { ...form, flags: { ...form.flags, ...COMMON } }
}

/** The help: of everything, or of one command. */
export function help(name: CommandName | null): string {
  if (name === null) {
    const lines = Object.entries<CommandForm>(FORMS).map(
      ([command, form]) => `  ${[command, ...form.takes, ...optional(form)].join(' ').padEnd(18)}${form.what}`,
    )
    return [
      'npx contango COMMAND [flags]',
      '',
      ...lines,
      `  ${'help [COMMAND]'.padEnd(18)}this help`,
      '',
      ...flagLines(COMMON),
      '',
      'npm start opens the workstation.',
    ].join('\n')
  }
  const form = formOf(name)
  return [
    `npx contango ${[name, ...form.takes, ...optional(form)].join(' ')} [flags]`,
    form.what,
    '',
    ...flagLines(form.flags),
  ].join('\n')
}

function optional(form: CommandForm): string[] {
  return (form.may ?? []).map(word => `[${word}]`)
}

function flagLines(flags: Readonly<Record<string, Flag>>): string[] {
  return Object.entries(flags).map(([name, { value, what }]) => `  --${`${name}${value ? ` ${value}` : ''}`.padEnd(24)} ${what}`)
}
