import type { OutputTarget, OutputTargetView } from '../../../contract/color-outputs.ts'
import { bucketProblems, fileNameProblems, isWholePath, type OutputProblem } from '../../../core/color/output-check.ts'
import type { Translate } from '../../ui/text.ts'
import type { TargetDraft } from './use-outputs.ts'

export const TARGET_KINDS = ['folder', 's3', 'database'] as const

/** Time zone of this machine. */
export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

const TERMS = { enabled: true, onAutomated: true, onManual: true, attachExcluded: false, attachDifference: false } as const

function begun(kind: (typeof TARGET_KINDS)[number]): OutputTarget {
  const files = { format: 'xlsx', fileName: 'colors-{{date}}-{{number}}', perSector: false, zone: ownZone() } as const
  if (kind === 'folder') return { kind, ...TERMS, ...files, path: '' }
  if (kind === 'database') return { kind, ...TERMS, table: 'colors', place: { engine: 'duckdb', path: '' } }
  const place = { endpoint: '', region: 'us-east-1', bucket: '', prefix: '', pathStyle: false, accessKeyId: '' }
  // Beside a server there is often a job that reads sector by sector.
  return { kind, ...TERMS, ...files, perSector: true, ...place }
}

/** What a new target begins with, under a name that is free. */
export function newTarget(kind: (typeof TARGET_KINDS)[number], name: string, known: readonly OutputTargetView[]): TargetDraft {
  const taken = new Set(known.map(one => one.name.toLowerCase()))
  let free = name
  for (let n = 2; taken.has(free.toLowerCase()); n++) free = `${name} ${n}`
  return { id: null, revision: 0, name: free, target: begun(kind) }
}

/** What is wrong with a target, field by field. */
export function draftProblems({ target }: TargetDraft): readonly OutputProblem[] {
  if (target.kind === 'folder') return [...fileNameProblems(target), ...pathProblems(target.path)]
  if (target.kind === 's3')
    return [...fileNameProblems(target), ...bucketProblems(target), ...missing(target, ['region', 'accessKeyId'])]
  const isTable = /^[A-Za-z_][A-Za-z0-9_]*$/.test(target.table)
  const table = isTable ? [] : [{ field: 'table', kind: 'missing', detail: '' } as const]
  const { place } = target
  if (place.engine === 'duckdb') return [...table, ...pathProblems(place.path)]
  return [...table, ...missing(place, ['host', 'database', 'user', 'schema'])]
}

function pathProblems(path: string): readonly OutputProblem[] {
  return isWholePath(path) ? [] : [{ field: 'path', kind: 'path', detail: path }]
}

function missing<T extends object>(form: T, fields: readonly (keyof T & string)[]): readonly OutputProblem[] {
  return fields.filter(field => form[field] === '').map(field => ({ field, kind: 'missing', detail: '' }) as const)
}

/** The first problem of a field in words; null where it is well. */
export function problemText(problems: readonly OutputProblem[], field: string, t: Translate): string | null {
  const found = problems.find(problem => problem.field === field)
  if (!found) return null
  const { kind, detail } = found
  switch (kind) {
    case 'placeholder':
    case 'zone':
    case 'address':
      return t(`outputs.problem.${kind}`, { detail })
    default:
      return t(`outputs.problem.${kind}`)
  }
}

/** Where a target is, on one line. */
export function placeText(target: OutputTarget): string {
  if (target.kind === 'folder') return target.path
  if (target.kind === 's3') return `s3://${target.bucket}/${target.prefix.replace(/^\/+/, '')}`
  const { place, table } = target
  return place.engine === 'duckdb' ? `${place.path} · ${table}` : `${place.host}/${place.database} · ${place.schema}.${table}`
}
