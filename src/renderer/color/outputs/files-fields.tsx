import { Checkbox, Select, TextInput } from '@mantine/core'
import { useRef } from 'react'
import type { FolderTarget, S3Target } from '../../../contract/color-outputs.ts'
import { fillTemplate, NAME_PLACEHOLDERS, plainFileName } from '../../../core/color/output-template.ts'
import { useText } from '../../ui/text.ts'
import css from './outputs.module.css'
import { Placeholders } from './placeholders.tsx'

const FORMATS = ['xlsx', 'csv', 'parquet'] as const
const EXAMPLE = { date: '2026-11-20', time: '0905', number: '412', kind: 'automated', sector: 'CLO 2.0' } as const

/** Format and names of the files of a run. */
export function FilesFields({
  target,
  say,
  onChange,
}: {
  target: FolderTarget | S3Target
  say(field: string): string | null
  onChange(next: FolderTarget | S3Target): void
}) {
  const { t } = useText()
  const name = useRef<HTMLInputElement>(null)
  const becomes = `${plainFileName(fillTemplate(target.fileName, EXAMPLE))}.${target.format}`
  const overwrites = !/\{\{\s*number\s*\}\}/.test(target.fileName)
  return (
    <>
      <div className={css.pair}>
        <Select
          size="xs"
          label={t('outputs.form.format')}
          value={target.format}
          allowDeselect={false}
          data={[...FORMATS]}
          onChange={chosen => {
            const format = FORMATS.find(one => one === chosen)
            if (format) onChange({ ...target, format })
          }}
        />
        <TextInput
          size="xs"
          label={t('outputs.form.zone')}
          value={target.zone}
          error={say('zone')}
          spellCheck={false}
          onChange={event => onChange({ ...target, zone: event.currentTarget.value })}
        />
      </div>
      <TextInput
        ref={name}
        size="xs"
        label={t('outputs.form.fileName')}
        description={t('outputs.form.becomes', { name: becomes })}
        value={target.fileName}
        error={say('fileName')}
        spellCheck={false}
        onChange={event => onChange({ ...target, fileName: event.currentTarget.value })}
      />
      <Placeholders
        names={NAME_PLACEHOLDERS}
        into={() => name.current}
        onChange={fileName => onChange({ ...target, fileName })}
      />
      {overwrites ? <p className={css.quiet}>{t('outputs.form.overwrites')}</p> : null}
      <Checkbox
        size="xs"
        label={t('outputs.form.perSector')}
        checked={target.perSector}
        onChange={event => onChange({ ...target, perSector: event.currentTarget.checked })}
      />
    </>
  )
}
