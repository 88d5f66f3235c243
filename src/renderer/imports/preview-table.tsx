import type { ColumnRole, ImportPreview, Mapping } from '../../contract/imports.ts'
import { COLUMN_ROLES } from '../../core/imports/mapping.ts'
import { useFormat } from '../ui/format.ts'
import { useText } from '../ui/text.ts'
import css from './imports.module.css'
import { Choice } from './mapping-form.tsx'

/** A guess below this is marked as one to look at. */
const SURE = 0.6
const SHOWN = 100

/** The first rows of the file as text, with what each column is taken for. */
export function PreviewTable({
  preview,
  mapping,
  onRole,
}: {
  preview: ImportPreview
  mapping: Mapping
  onRole(column: number, role: ColumnRole): void
}) {
  const { t } = useText()
  const format = useFormat()
  const isUnsure = (name: string, role: ColumnRole) => role !== 'skip' && (preview.confidence[name] ?? 1) < SURE
  return (
    <div className={css.preview}>
      <table aria-label={t('import.previewOf', { file: preview.file })}>
        <thead>
          <tr>
            {mapping.columns.map(({ name, role }, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a file may have two columns of one name, and columns never move
              <th key={at} scope="col" data-role={role} data-unsure={isUnsure(name, role)}>
                <span className={css.columnName} title={name}>
                  {name || t('import.column', { number: at + 1 })}
                </span>
                <Choice
                  value={role}
                  of={COLUMN_ROLES}
                  word={known => t(`import.role.${known}`)}
                  label={t('import.roleOf', { column: name || String(at + 1) })}
                  onChange={next => onRole(at, next)}
                />
                <span className={css.sure}>
                  {isUnsure(name, role)
                    ? `⚠ ${t('import.unsure', { share: format.percent(preview.confidence[name], { decimals: 0 }) })}`
                    : '\u00a0'}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {preview.rows.slice(0, SHOWN).map((row, k) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file have no other name than their place
            <tr key={k}>
              {mapping.columns.map(({ role }, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: as above
                <td key={at} data-role={role}>
                  {row[at] ?? ''}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
