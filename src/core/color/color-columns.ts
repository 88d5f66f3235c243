import type { FieldType, RuleField } from '../rules/field.ts'

interface ColumnSpec {
  /** Name in the output, and the name by which rules speak of it. */
  readonly name: string
  readonly type: FieldType
  /** Whether a file must have it. PX is asked for only where there is neither BID nor ASK, and RANK never: both follow from others. */
  readonly isRequired: boolean
  /** Its own name and others that files use, as plainHeader makes them. */
  readonly aliases: readonly string[]
}

function defineColumn<N extends string>(
  name: N,
  type: FieldType,
  isRequired: boolean,
  aliases: readonly string[],
): ColumnSpec & { readonly name: N } {
  return { name, type, isRequired, aliases }
}

/** The business columns of a color, in the order of the output, and three that a file may add. */
export const COLOR_COLUMNS = [
  defineColumn('MESSAGE_ID', 'id', true, ['messageid', 'msgid', 'message', 'messagenumber', 'idmensaje']),
  defineColumn('TICKER', 'text', true, ['ticker', 'symbol', 'dealticker', 'tranche', 'bondticker']),
  defineColumn('SECTOR', 'text', true, ['sector', 'bucket', 'assetbucket']),
  defineColumn('CUSIP', 'id', true, ['cusip', 'cusip9', 'cusipid']),
  defineColumn('DATE', 'date', true, ['date', 'businessdate', 'rundate', 'asofdate', 'fecha']),
  defineColumn('PRICE_LEVEL', 'decimal', true, ['pricelevel', 'level', 'quotedlevel']),
  defineColumn('BID', 'decimal', false, ['bid', 'bidprice', 'bidpx', 'pxbid']),
  defineColumn('ASK', 'decimal', false, ['ask', 'offer', 'askprice', 'offerprice', 'askpx', 'pxask']),
  defineColumn('PX', 'decimal', true, ['px', 'price', 'quoteprice']),
  defineColumn('SOURCE', 'text', true, ['source', 'dealer', 'contributor', 'broker']),
  defineColumn('BIAS', 'text', true, ['bias', 'quotetype', 'type', 'colortype']),
  defineColumn('RANK', 'integer', false, ['rank', 'priority']),
  defineColumn('COV_PRICE', 'decimal', false, ['covprice', 'evalpx', 'evalprice', 'coverageprice', 'evaluatedprice']),
  defineColumn('PERCENT_DIFF', 'decimal', false, ['percentdiff', 'pctdiff', 'diffpercent']),
  defineColumn('PRICE_DIFF', 'decimal', false, ['pricediff', 'pxdiff']),
  defineColumn('CONFIDENCE', 'integer', false, ['confidence', 'conf', 'parserconfidence']),
  defineColumn('DATE_1', 'date', false, ['date1', 'receiveddate', 'datereceived', 'messagedate', 'receivedon']),
  defineColumn('DIFF_STATUS', 'text', false, ['diffstatus', 'differencestatus']),
  defineColumn('SECURITY_NAME', 'text', false, ['securityname', 'security', 'name', 'description', 'bondname']),
  defineColumn('BWIC_COVER', 'text', false, ['bwiccover', 'cover']),
  defineColumn('ASSET_CLASS', 'text', false, ['assetclass', 'class']),
] as const satisfies readonly ColumnSpec[]

export type ColorColumn = (typeof COLOR_COLUMNS)[number]['name']

/** What a rule can speak about. */
export const COLOR_FIELDS: readonly RuleField[] = COLOR_COLUMNS.map(({ name, type }) => ({ name, type }))

/** Columns that a run adds to the output; in a file that comes in they are nothing. */
export const RUN_COLUMNS = [
  'ROW_ID',
  'RUN_ID',
  'PROCESSED_AT',
  'PROCESSING_TYPE',
  'IS_PARENT',
  'PARENT_MESSAGE_ID',
  'PARENT_ROW_ID',
  'CHILDREN_COUNT',
] as const

/** A name of a column as it is compared: letters and digits alone, in small letters. */
export function plainHeader(text: string): string {
  return text
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
}

/** The column that a name in the header of a file means; `run` for one that only an output has, null for one that nobody knows. */
export function columnOfHeader(text: string): { readonly column: ColorColumn; readonly isOwnName: boolean } | 'run' | null {
  const plain = plainHeader(text)
  if (plain === '') return null
  const found = COLOR_COLUMNS.find(({ aliases }) => (aliases as readonly string[]).includes(plain))
  if (found) return { column: found.name, isOwnName: plain === plainHeader(found.name) }
  return RUN_COLUMNS.some(name => plainHeader(name) === plain) ? 'run' : null
}
