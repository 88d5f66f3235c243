/**
 * Why a value or a source is in the state it is in, as keys that the page has words for, and the name of what each carries.
 *
 * On the wire a reason is one text: `reason.KEY`, or `reason.KEY ARGUMENT`; any other text is a sentence of a source.
 */
export const REASONS = {
  cached: null,
  'credential-missing': 'names',
  delayed: null,
  'delayed-by': 'minutes',
  failed: null,
  'nothing-asked': null,
  'nothing-received': null,
  removed: null,
  silent: null,
  'source-off': null,
  waiting: null,
} as const satisfies Readonly<Record<string, string | null>>

type ReasonKey = keyof typeof REASONS
/** Keys of reasons that need something said with them. */
type Carrying = { [K in ReasonKey]: (typeof REASONS)[K] extends null ? never : K }[ReasonKey]

/** A reason as it goes on the wire. */
export function reasonOf<K extends ReasonKey>(
  key: K,
  ...argument: K extends Carrying ? [argument: string | number] : []
): string {
  return ['reason.'.concat(key), ...argument].join(' ')
}

/** What a text on the wire says; null where it is no reason of ours but a sentence. */
export function readReason(text: string): { readonly key: ReasonKey; readonly argument: string } | null {
  const [, key, argument] = /^reason\.([a-z-]+)(?: (.+))?$/.exec(text) ?? []
  return key !== undefined && Object.hasOwn(REASONS, key) ? { key: key as ReasonKey, argument: argument ?? '' } : null
}
