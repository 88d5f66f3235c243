/** A value that can be bound to `?` in a statement. Whole numbers are bound as BIGINT. */
export type Value = string | number | bigint | boolean | null

/** A column on its way in or out: numbers as Float64Array (missing is NaN, instants are epoch microseconds), the rest as a list. */
export type Column = Float64Array | readonly (string | number | boolean | null)[]

/** The answer to a query, by columns of equal length. */
export interface Table {
  readonly names: readonly string[]
  /** DuckDB's names of the types, such as `TIMESTAMP` or `DECIMAL(18,3)`. */
  readonly types: readonly string[]
  readonly columns: readonly (Float64Array | readonly (string | number | boolean | null)[])[]
  readonly rows: number
  /** More rows exist than `limit` let through. */
  readonly truncated: boolean
}

/** One statement that is run for its effect, with values for its `?`. */
export interface Statement {
  readonly sql: string
  readonly params?: readonly Value[]
}

/** Names one batch of a stream of appends, so that it is written once even when it is sent again. */
export interface BatchMark {
  readonly stream: string
  readonly batch: number
}

export type FileFormat = 'csv' | 'parquet' | 'json'

/** A migration as it is applied: `number` orders, `sha256` is of `sql`. */
export interface Migration {
  readonly number: number
  readonly name: string
  readonly sql: string
  readonly sha256: string
}

/** Which file to open, at which step, with how much of the machine. */
export interface OpenRequest {
  readonly file: string
  readonly migrations: readonly Migration[]
  /** As DuckDB writes it: `2GB`. */
  readonly memory: string
  readonly threads: number
}

/** A statement whose rows are wanted. */
export interface QueryRequest {
  readonly sql: string
  readonly params: readonly Value[]
  readonly limit: number | null
  /** A person's statement: one, reading, without files, for at most `seconds`. */
  readonly untrusted: boolean
  readonly seconds: number | null
}

/** A statement whose rows are to become a file. */
export interface CopyRequest {
  readonly sql: string
  readonly file: string
  readonly format: FileFormat
  readonly untrusted: boolean
  readonly seconds: number | null
}

/** What a finished segment is: the file is on disk and will not change. */
export interface SegmentFile {
  readonly rows: number
  readonly sha256: string
  readonly bytes: number
}

/** Rows of files that are to go into a table. */
export interface LoadRequest {
  readonly table: string
  /** Reads files, in a database of its own; its columns are those of the table, in order. */
  readonly sql: string
  /** In the same transaction as the rows, around them. */
  readonly before: readonly Statement[]
  readonly after: readonly Statement[]
}

/** Reads files a person picked, in the database that holds nothing else. Never with SQL that a person wrote. */
export interface FileQueryRequest {
  readonly sql: string
  readonly params: readonly Value[]
  readonly limit: number | null
}

/** The same with a file as its result. */
export interface FileCopyRequest {
  readonly sql: string
  readonly file: string
  readonly format: FileFormat
}

/** What the data process is asked: input and output of each task. */
export interface Tasks {
  open: { input: OpenRequest; output: { readonly version: string } }
  append: {
    input: { readonly table: string; readonly columns: Readonly<Record<string, Column>>; readonly once: BatchMark | null }
    output: null
  }
  query: { input: QueryRequest; output: Table }
  transact: { input: readonly Statement[]; output: null }
  copyOut: { input: CopyRequest; output: { readonly rows: number } }
  segmentOpen: { input: { readonly segment: string; readonly columns: Readonly<Record<string, string>> }; output: null }
  segmentAppend: { input: { readonly segment: string; readonly columns: Readonly<Record<string, Column>> }; output: null }
  segmentClose: { input: { readonly segment: string; readonly file: string; readonly order: string }; output: SegmentFile }
  segmentDrop: { input: { readonly segment: string }; output: null }
  load: { input: LoadRequest; output: { readonly rows: number } }
  fileQuery: { input: FileQueryRequest; output: Table }
  fileCopy: { input: FileCopyRequest; output: null }
  close: { input: null; output: null }
}
export type Task = keyof Tasks

/** Why a task failed. `broken` and `corrupt` end the process: what it holds in memory is no longer true. */
export type Fault =
  | { readonly kind: 'refused'; readonly reason: string; readonly line: number | null }
  | { readonly kind: 'not-read-only'; readonly statement: string }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'disk-full' }
  | { readonly kind: 'locked'; readonly reason: string }
  | { readonly kind: 'newer'; readonly found: number; readonly known: number }
  | { readonly kind: 'edited'; readonly step: string }
  | { readonly kind: 'corrupt'; readonly reason: string; readonly log: boolean }
  | { readonly kind: 'broken'; readonly reason: string }

export type ToData =
  | { readonly [T in Task]: { readonly id: number; readonly task: T; readonly input: Tasks[T]['input'] } }[Task]
  | { readonly cancel: number }

export type FromData =
  | { readonly id: number; readonly output: Tasks[Task]['output'] }
  | { readonly id: number; readonly fault: Fault }
