import type { ColorProblemWire } from '../../../contract/color.ts'
import type { Translate } from '../../ui/text.ts'
import { textOr } from '../../ui/text.ts'
import type { HistoryEntry } from './undo-names.ts'

/** A problem of a cell in words; one that the page does not know yet by its own name. */
export function problemWords({ kind, text }: ColorProblemWire, t: Translate): string {
  const words = textOr(`colorSession.problem.${kind}`, '')
  if (words === '') return text === '' ? kind : `${kind}: ${text}`
  return text === '' ? words : t('colorSession.problemFound', { problem: words, text })
}

/** The name of a column as the sheet has it. */
export const columnWords = (column: string): string => textOr(`colorSession.col.${column}`, column)

/** A command in words, as `delete 12 rows`: after `Undo:` and in the history. */
export function commandWords({ kind, rows, field }: HistoryEntry, t: Translate): string {
  switch (kind) {
    case 'import':
      return t('colorSession.did.import', { count: rows })
    case 'drop-uploads':
      return t('colorSession.did.dropUploads', { count: rows })
    case 'add':
      return t('colorSession.did.add')
    case 'edit':
      return t('colorSession.did.edit', { column: columnWords(field ?? '') })
    case 'delete':
      return t('colorSession.did.delete', { count: rows })
    case 'delete-where':
      return t('colorSession.did.deleteWhere', { count: rows })
    case 'bring-back':
      return t('colorSession.did.bringBack', { count: rows })
    case 'apply-rules':
      return t('colorSession.did.applyRules', { count: rows })
    case 'direction':
      return t('colorSession.did.direction')
    case 'sort':
      return t('colorSession.did.sort')
    case 'note':
      return t('colorSession.did.note')
    case 'undo':
      return t('colorSession.did.undo')
    case 'redo':
      return t('colorSession.did.redo')
    case 'opened':
      return t('colorSession.did.opened')
    case 'discarded':
      return t('colorSession.did.discarded')
    case 'restored':
      return t('colorSession.did.restored')
    case 'published':
    case 'publish':
      return t('colorSession.did.publish')
    default:
      return kind
  }
}
