import type { Condition, Test } from './condition.ts'
import { fieldOf } from './evaluate.ts'
import type { RuleField } from './field.ts'
import { operatorByAlias } from './operators.ts'

/** One link of a flat chain, as older systems write their rules. */
export interface FlatLink {
  /** `where` begins the chain, and begins it anew where it comes again. */
  readonly type: 'where' | 'and' | 'or'
  readonly column: string
  readonly operator: string
  readonly value: string
  readonly value2?: string
}

/** What a flat chain became. */
export interface FlatReading {
  readonly condition: Condition | null
  /** Links that a later `where` made void; they are left out, as the older system left them out. */
  readonly discarded: readonly number[]
  readonly problems: readonly { readonly link: number; readonly kind: 'unknown-field' | 'operator-does-not-fit' }[]
}

/**
 * A flat chain as a tree that means the same: links combine from left to right, without precedence.
 *
 * `a and b or c` becomes `(a and b) or c`, and `a or b and c` becomes `(a or b) and c`. `does not contain` becomes a negation.
 */
export function readFlat(links: readonly FlatLink[], fields: readonly RuleField[]): FlatReading {
  const start = Math.max(
    0,
    links.findLastIndex(({ type }) => type === 'where'),
  )
  const problems: { link: number; kind: 'unknown-field' | 'operator-does-not-fit' }[] = []
  let condition: Condition | null = null
  for (const [at, link] of links.entries()) {
    if (at < start) continue
    const read = readLink(link, fields)
    if (typeof read === 'string') {
      problems.push({ link: at, kind: read })
      continue
    }
    condition = condition === null ? read : joined(link.type === 'or' ? 'any' : 'all', condition, read)
  }
  return { condition, discarded: links.flatMap((_, at) => (at < start ? [at] : [])), problems }
}

function joined(kind: 'all' | 'any', left: Condition, right: Condition): Condition {
  // A run of the same word is one group: the same rows, and easier to read.
  return left.kind === kind ? { kind, of: [...left.of, right] } : { kind, of: [left, right] }
}

const NOT_CONTAINS = /^(does[ _-]not[ _-]contain|not[ _-]contains?)$/i

function readLink(
  { column, operator, value, value2 }: FlatLink,
  fields: readonly RuleField[],
): Condition | 'unknown-field' | 'operator-does-not-fit' {
  const field = fieldOf(fields, column)
  if (!field) return 'unknown-field'
  const isNegated = NOT_CONTAINS.test(operator.trim())
  const found = operatorByAlias(isNegated ? 'contains' : operator, field.type)
  if (!found) return 'operator-does-not-fit'
  const test: Test = {
    kind: 'test',
    field: field.name,
    operator: found.name,
    value,
    ...(found.operands === 2 ? { value2: value2 ?? '' } : {}),
  }
  // There, a row without the value contains nothing, and so is met; the negation of a missing value says the same here.
  return isNegated ? { kind: 'not', of: test } : test
}
