import type { MailConfig } from '../../../contract/color-outputs.ts'

/** The mail form before anybody filled it in: off, with words to begin with. */
export const USUAL_MAIL: MailConfig = {
  ...{ enabled: false, host: '', port: 587, encryption: 'starttls', checkCertificate: true, user: '', from: '' },
  ...{ to: [], cc: [], bcc: [] },
  subject: 'Colors of {{date}}, run {{run}}',
  text: [
    'Run {{run}} of {{date}} {{time}}',
    '',
    'Colors: {{total_processed}}',
    'Excluded: {{total_excluded}} by {{rules_applied}} rules',
    'Files: {{manual_files_processed}}',
    'Took: {{duration}}',
  ].join('\n'),
  html: '',
  ...{ onAutomated: true, onManual: true, attachOutput: true, attachExcluded: false, attachDifference: false },
  ...{ format: 'xlsx', zone: 'UTC' },
}
