import { NumberInput, Select, TextInput } from '@mantine/core'
import type { DatabaseTarget } from '../../../contract/color-outputs.ts'
import { useText } from '../../ui/text.ts'
import css from './outputs.module.css'

const ENGINES = ['duckdb', 'postgres'] as const
const ENCRYPTIONS = ['verified', 'any', 'none'] as const
type Place = DatabaseTarget['place']
type Postgres = Extract<Place, { engine: 'postgres' }>

const begun: Record<(typeof ENGINES)[number], Place> = {
  duckdb: { engine: 'duckdb', path: '' },
  postgres: { engine: 'postgres', host: '', port: 5432, database: '', user: '', schema: 'public', encryption: 'verified' },
}

/** Which database, and the table in it. */
export function DatabaseFields({
  target,
  say,
  onChange,
}: {
  target: DatabaseTarget
  say(field: string): string | null
  onChange(next: DatabaseTarget): void
}) {
  const { t } = useText()
  const { place } = target
  return (
    <>
      <Select
        size="xs"
        label={t('outputs.form.engine')}
        value={place.engine}
        allowDeselect={false}
        data={ENGINES.map(value => ({ value, label: t(`outputs.form.${value}`) }))}
        onChange={chosen => {
          const engine = ENGINES.find(one => one === chosen)
          if (engine && engine !== place.engine) onChange({ ...target, place: begun[engine] })
        }}
      />
      {place.engine === 'duckdb' ? (
        <TextInput
          size="xs"
          label={t('outputs.form.file')}
          value={place.path}
          error={place.path === '' ? null : say('path')}
          spellCheck={false}
          onChange={event => onChange({ ...target, place: { ...place, path: event.currentTarget.value } })}
        />
      ) : (
        <PostgresFields place={place} onChange={next => onChange({ ...target, place: next })} />
      )}
      <TextInput
        size="xs"
        label={t('outputs.form.table')}
        description={t('outputs.form.tableHint')}
        value={target.table}
        error={say('table')}
        spellCheck={false}
        onChange={event => onChange({ ...target, table: event.currentTarget.value })}
      />
    </>
  )
}

function PostgresFields({ place, onChange }: { place: Postgres; onChange(next: Postgres): void }) {
  const { t } = useText()
  const text = (field: 'host' | 'database' | 'schema' | 'user') => (
    <TextInput
      size="xs"
      label={t(`outputs.form.${field}`)}
      value={place[field]}
      spellCheck={false}
      autoComplete="off"
      onChange={event => onChange({ ...place, [field]: event.currentTarget.value })}
    />
  )
  return (
    <>
      <div className={css.pair}>
        {text('host')}
        <NumberInput
          size="xs"
          label={t('outputs.form.port')}
          value={place.port}
          min={1}
          max={65_535}
          allowDecimal={false}
          thousandSeparator={false}
          onChange={port => Number(port) > 0 && onChange({ ...place, port: Number(port) })}
        />
      </div>
      <div className={css.pair}>
        {text('database')}
        {text('schema')}
      </div>
      <div className={css.pair}>
        {text('user')}
        <Select
          size="xs"
          label={t('outputs.form.encryption')}
          value={place.encryption}
          allowDeselect={false}
          data={ENCRYPTIONS.map(value => ({ value, label: t(`outputs.encryption.${value}`) }))}
          onChange={chosen => {
            const encryption = ENCRYPTIONS.find(one => one === chosen)
            if (encryption) onChange({ ...place, encryption })
          }}
        />
      </div>
    </>
  )
}
