import { Button, Checkbox, NativeSelect, NumberInput, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { SourcePlace, SourceView } from '../../../contract/color-sources.ts'
import { useDesk } from '../../desk.tsx'
import { tell } from '../../ui/fault.ts'
import { IconButton } from '../../ui/form.tsx'
import { useFormat } from '../../ui/format.ts'
import { notifyFault } from '../../ui/notice-fault.ts'
import { useText } from '../../ui/text.ts'
import { SecretField } from '../outputs/secret-field.tsx'
import css from './setup.module.css'
import { useDraft } from './use-setup.ts'

const ENGINES = ['workspace', 'duckdb', 'postgres', 'oracle'] as const

function placeOf(engine: SourcePlace['engine']): SourcePlace {
  const server = { host: '', user: '', encryption: 'verified' as const }
  if (engine === 'duckdb') return { engine, path: '' }
  if (engine === 'postgres') return { engine, ...server, port: 5432, database: '' }
  return engine === 'oracle' ? { engine, ...server, port: 2484, service: '' } : { engine: 'workspace' }
}

const hasPassword = ({ engine }: SourcePlace) => engine === 'postgres' || engine === 'oracle'

type Preview = Awaited<ReturnType<ReturnType<typeof useDesk>['color']['sources']['preview']>>

/** One saved query: where it is asked, what it asks, and a look at its first rows before it is kept. */
export function SourceForm({
  kept,
  mayChange,
  onSaved,
  onClose,
}: {
  kept: SourceView
  mayChange: boolean
  onSaved(id: string): void
  onClose(): void
}) {
  const { t, language } = useText()
  const desk = useDesk()
  const [secret, setSecret] = useState('')
  const [found, setFound] = useState<{ text: string; isBad: boolean; preview: Preview | null } | null>(null)
  const [isBusy, setBusy] = useState(false)
  const format = useFormat()
  const id = kept.id === '' ? null : kept.id
  const { name, source } = kept
  const form = useDraft({ revision: kept.revision, user: null, value: { name, source } }, async (value, revision) => {
    const saved = (await desk.color.sources.save({ id, revision, ...value })).source
    if (secret !== '') await desk.color.sources.setSecret({ id: saved.id, value: secret }).catch(notifyFault)
    setSecret('')
    onSaved(saved.id)
    return { revision: saved.revision, user: null, value: { name: saved.name, source: saved.source } }
  })
  const { draft, setDraft } = form
  const { place } = draft.source
  const set = (change: Partial<typeof source>) => setDraft({ ...draft, source: { ...draft.source, ...change } })
  const isWhole = draft.source.sql.trim() !== '' && Object.values(place).every(value => `${value}`.trim() !== '')
  const canSave = mayChange && isWhole && draft.name.trim() !== '' && (form.isChanged || secret !== '') && !form.behind
  const ask = async (how: 'test' | 'preview') => {
    setBusy(true)
    setFound(null)
    const input = { id, source: draft.source, secret: secret || null }
    try {
      const preview = how === 'preview' ? await desk.color.sources.preview(input) : null
      const { seconds } = preview ?? (await desk.color.sources.test(input))
      setFound({ text: t('colorSetup.sources.answered', { time: format.duration(seconds) }), isBad: false, preview })
    } catch (fault) {
      setFound({ text: tell(fault, language).sentence, isBad: true, preview: null })
    }
    setBusy(false)
  }
  return (
    <form
      className={css.side}
      aria-label={name || t('colorSetup.sources.add')}
      autoComplete="off"
      onSubmit={event => {
        event.preventDefault()
        if (canSave) void form.save()
      }}
      onKeyDown={event => event.key === 'Escape' && !event.defaultPrevented && !form.isChanged && onClose()}
    >
      <header className={css.buttons}>
        <h3>{name || t('colorSetup.sources.add')}</h3>
        <span className={css.right} />
        <IconButton icon="close" label={t('colorSetup.close')} onClick={onClose} />
      </header>
      <fieldset disabled={!mayChange} className={css.fields}>
        <TextInput
          size="xs"
          label={t('colorSetup.sources.name')}
          value={draft.name}
          maxLength={80}
          onChange={event => setDraft({ ...draft, name: event.currentTarget.value })}
        />
        <NativeSelect
          size="xs"
          label={t('colorSetup.sources.engine')}
          description={place.engine === 'oracle' ? t('colorSetup.sources.untested') : undefined}
          data={ENGINES.map(value => ({ value, label: t(`colorSetup.engine.${value}`) }))}
          value={place.engine}
          onChange={event => set({ place: placeOf(event.currentTarget.value as SourcePlace['engine']) })}
        />
        <PlaceFields place={place} onChange={next => set({ place: next })} />
        {hasPassword(place) ? (
          <SecretField
            label={t('colorSetup.sources.password')}
            isKept={id !== null && kept.hasSecret && hasPassword(source.place)}
            value={secret}
            disabled={!mayChange}
            onChange={setSecret}
          />
        ) : null}
        <Textarea
          size="xs"
          label={t('colorSetup.sources.sql')}
          description={t('colorSetup.sources.sqlHint')}
          autosize
          minRows={5}
          maxRows={12}
          spellCheck={false}
          value={draft.source.sql}
          onChange={event => set({ sql: event.currentTarget.value })}
        />
        <TextInput
          size="xs"
          label={t('colorSetup.sources.assetClass')}
          value={draft.source.assetClass}
          maxLength={80}
          onChange={event => set({ assetClass: event.currentTarget.value })}
        />
        {(['rowCap', 'seconds'] as const).map(field => (
          <NumberInput
            key={field}
            size="xs"
            label={t(`colorSetup.sources.${field}`)}
            min={1}
            max={field === 'rowCap' ? 1_000_000 : 600}
            clampBehavior="strict"
            allowDecimal={false}
            value={draft.source[field]}
            onChange={value => set({ [field]: Number(value) || 1 })}
          />
        ))}
        <Checkbox
          size="xs"
          label={t('colorSetup.sources.enabled')}
          checked={draft.source.enabled}
          onChange={event => set({ enabled: event.currentTarget.checked })}
        />
      </fieldset>
      <div className={css.buttons}>
        {(['test', 'preview'] as const).map(how => (
          <Button
            key={how}
            size="compact-sm"
            variant="default"
            disabled={!mayChange || !isWhole || isBusy}
            onClick={() => void ask(how)}
          >
            {t(`colorSetup.sources.${how}`)}
          </Button>
        ))}
        <span role="status" className={found?.isBad ? css.bad : css.quiet}>
          {isBusy ? t('colorSetup.sources.asking') : found?.text}
        </span>
      </div>
      {found?.preview ? <PreviewTable preview={found.preview} /> : null}
      {form.behind ? (
        <p className={css.behind} role="alert">
          {t('colorSetup.sources.behind')}
          <Button size="compact-sm" variant="default" onClick={form.takeTheirs}>
            {t('colorSetup.takeTheirs')}
          </Button>
          <Button size="compact-sm" variant="default" onClick={form.keepMine}>
            {t('colorSetup.keepMine')}
          </Button>
        </p>
      ) : null}
      <footer className={css.buttons}>
        <Button type="submit" size="compact-sm" disabled={!canSave || form.isSaving}>
          {t('colorSetup.save')}
        </Button>
        <Button size="compact-sm" variant="default" disabled={!form.isChanged} onClick={form.discard}>
          {t('colorSetup.discard')}
        </Button>
        {id === null ? null : (
          <Button
            size="compact-sm"
            variant="subtle"
            color="red"
            className={css.right ?? ''}
            disabled={!mayChange}
            onClick={() => void desk.color.sources.remove({ id }).then(onClose, notifyFault)}
          >
            {t('colorSetup.remove')}
          </Button>
        )}
      </footer>
    </form>
  )
}

function PlaceFields({ place, onChange }: { place: SourcePlace; onChange(place: SourcePlace): void }) {
  const { t } = useText()
  if (place.engine === 'workspace') return null
  const fields = Object.entries(place).filter(([field]) => field !== 'engine' && field !== 'encryption')
  const levels = place.engine === 'postgres' ? (['verified', 'any', 'none'] as const) : (['verified', 'none'] as const)
  return (
    <>
      {fields.map(([field, value]) => (
        <TextInput
          key={field}
          size="xs"
          label={t(`colorSetup.place.${field as 'path' | 'host' | 'port' | 'user' | 'database' | 'service'}`)}
          value={`${value}`}
          spellCheck={false}
          onChange={event => {
            const text = event.currentTarget.value
            onChange({ ...place, [field]: field === 'port' ? Number(text.replaceAll(/\D/g, '')) : text } as SourcePlace)
          }}
        />
      ))}
      {'encryption' in place ? (
        <NativeSelect
          size="xs"
          label={t('outputs.form.encryption')}
          data={levels.map(value => ({ value, label: t(`outputs.encryption.${value}`) }))}
          value={place.encryption}
          onChange={event => onChange({ ...place, encryption: event.currentTarget.value } as SourcePlace)}
        />
      ) : null}
    </>
  )
}

function PreviewTable({ preview: { columns, missing, rows } }: { preview: Preview }) {
  const { t } = useText()
  return (
    <>
      {missing.length > 0 ? <p className={css.bad}>{t('colorSetup.sources.missing', { columns: missing.join(', ') })}</p> : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: wide rows are scrolled by the keys */}
      <section className={css.preview} tabIndex={0} aria-label={t('colorSetup.sources.preview')}>
        <table className={css.table}>
          <thead>
            <tr>
              {columns.map(({ name, column }) => (
                <th key={name} scope="col">
                  {name === column || column === null ? name : `${name} → ${column}`}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, k) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of one answer stay in their places
              <tr key={k}>
                {columns.map(({ name }, at) => (
                  <td key={name}>{row[at]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  )
}
