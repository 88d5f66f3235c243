/** What a mail about a run can say of it. */
export const MAIL_PLACEHOLDERS = [
  'date',
  'time',
  'run',
  'total_processed',
  'total_excluded',
  'rules_applied',
  'duration',
  'manual_files_processed',
] as const
export type MailPlaceholder = (typeof MAIL_PLACEHOLDERS)[number]

/** What the name of a file can say of its run. */
export const NAME_PLACEHOLDERS = ['date', 'time', 'number', 'kind', 'sector'] as const
export type NamePlaceholder = (typeof NAME_PLACEHOLDERS)[number]

const PLACEHOLDER = /\{\{([^{}]*)\}\}/g
const LONGEST_NAME = 120
/** Names that Windows gives to devices, whatever the ending. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)$/i

/** The names between double braces that mean nothing, in the order in which they stand, each once. */
export function unknownPlaceholders(template: string, known: readonly string[]): readonly string[] {
  const names = [...template.matchAll(PLACEHOLDER)].map(match => match[1]!.trim())
  return [...new Set(names.filter(name => !known.includes(name)))]
}

/** A template with every known placeholder filled in, as `written` puts it; unknown ones stay as they stand. */
export function fillTemplate(
  template: string,
  values: Readonly<Record<string, string>>,
  written: (value: string) => string = value => value,
): string {
  return template.replace(PLACEHOLDER, (whole, name: string) => {
    const key = name.trim()
    return Object.hasOwn(values, key) ? written(values[key]!) : whole
  })
}

/** Text that stands in HTML as itself. */
export function escapeHtml(text: string): string {
  const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return text.replace(/[&<>"']/g, sign => signs[sign]!)
}

/** A text as one part of a path that every system takes: no folders, no signs with a meaning, never empty. */
export function plainFileName(text: string): string {
  const plain = text
    .normalize('NFC')
    .replace(/[\p{Cc}<>:"/\\|?*]/gu, '-')
    .replace(/^[\s.]+|[\s.]+$/g, '')
    .slice(0, LONGEST_NAME)
  if (plain === '') return 'colors'
  return DEVICE.test(plain.split('.')[0]!) ? `_${plain}` : plain
}
