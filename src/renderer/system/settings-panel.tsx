import { NumberInput, SegmentedControl, Select, Switch, TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import { type Setting, type SettingValue, useSetting, useSettings, useSettingsFault } from '../desk.tsx'
import type { PanelProps } from '../panels.ts'
import { SecretsSection } from '../secrets/secrets-section.tsx'
import { IconButton, SearchField } from '../ui/form.tsx'
import { useFormat } from '../ui/format.ts'
import { notifyFault } from '../ui/notice-fault.ts'
import { Empty, Failure, Loading } from '../ui/states.tsx'
import { textOr, useText } from '../ui/text.ts'
import { fuzzy } from '../workspace/fuzzy.ts'
import css from './settings-panel.module.css'
import { UpdatesBox } from './updates-box.tsx'

/** Every setting with what it does, its default and where its value came from; each can be taken back alone. */
export function Panel({ params, setParams }: PanelProps<{ search?: string }>) {
  const { t } = useText()
  const settings = useSettings()
  const { fault, retry } = useSettingsFault()
  const text = params.search ?? ''
  if (settings.length === 0 && fault) return <Failure error={fault} retry={retry} />
  if (settings.length === 0) return <Loading waitsFor={t('settings.wait')} />
  const shown = settings.filter(setting => answers(setting, text))
  const groups = [...new Set(shown.map(setting => setting.group))]
  const hasSecrets = text.trim() === '' || fuzzy(t('secrets.title'), text) > 0.4
  return (
    <div className={css.panel}>
      <div className={css.tools}>
        <SearchField label={t('settings.search')} value={text} onChange={search => setParams({ search })} width={280} />
      </div>
      {groups.length === 0 && !hasSecrets ? <Empty title={t('settings.nothing', { text })} /> : null}
      {groups.map(group => (
        <section key={group} className={css.group}>
          <h3>{textOr(`setting.group.${group}`, group)}</h3>
          {shown
            .filter(setting => setting.group === group)
            .map(setting => (
              <Line key={setting.key} setting={setting} />
            ))}
          {group === 'updates' ? <UpdatesBox /> : null}
        </section>
      ))}
      {hasSecrets ? <SecretsSection /> : null}
    </div>
  )
}

function answers(setting: Setting, text: string): boolean {
  if (text.trim() === '') return true
  const name = textOr(`setting.${setting.key}`, setting.key)
  const about = textOr(`setting.about.${setting.key}`, '')
  return fuzzy(name, text) > 0.4 || `${setting.key} ${about}`.toLowerCase().includes(text.trim().toLowerCase())
}

/** A choice in words: `blue-orange` of the setting `palette` is `setting.palette.blue-orange` in the catalogue. */
function choiceText(setting: Setting, choice: string): string {
  return textOr(`setting.${setting.key}.${choice}`, choice.replaceAll('_', ' '))
}

function Line({ setting }: { setting: Setting }) {
  const { t } = useText()
  const format = useFormat()
  const [, set] = useSetting(setting.key)
  const change = (value: SettingValue | null) => void set(value).catch(notifyFault)
  const name = textOr(`setting.${setting.key}`, setting.key)
  const about = textOr(`setting.about.${setting.key}`, '')
  const written = (value: SettingValue): string =>
    typeof value === 'boolean'
      ? t(value ? 'settings.on' : 'settings.off')
      : typeof value === 'number'
        ? format.whole(value)
        : value === ''
          ? t('settings.blank')
          : choiceText(setting, value)
  const isPinned = setting.origin === 'flag' || setting.origin === 'environment'
  return (
    <div className={css.line} data-setting={setting.key}>
      <div className={css.words}>
        <label htmlFor={`setting-${setting.key}`} className={css.name}>
          {name}
        </label>
        {about ? <p>{about}</p> : null}
        <p className={css.origin}>
          {t(`settings.origin.${setting.origin}`)}
          {setting.origin === 'default' ? null : ` · ${t('settings.usual', { value: written(setting.usual) })}`}
          {setting.needsRestart ? ` · ${t('settings.needsRestart')}` : null}
        </p>
      </div>
      <div className={css.control}>
        <Control setting={setting} name={name} isPinned={isPinned} change={change} />
        <span className={css.reset}>
          {setting.origin === 'user' ? (
            <IconButton icon="undo" label={t('settings.reset', { name })} onClick={() => change(null)} />
          ) : null}
        </span>
      </div>
    </div>
  )
}

function Control({
  setting,
  name,
  isPinned,
  change,
}: {
  setting: Setting
  name: string
  isPinned: boolean
  change(value: SettingValue): void
}) {
  const id = `setting-${setting.key}`
  if (setting.kind === 'switch')
    return (
      <Switch
        id={id}
        checked={setting.value === true}
        disabled={isPinned}
        onChange={event => change(event.currentTarget.checked)}
      />
    )
  if (setting.kind === 'choice') {
    const data = setting.choices.map(value => ({ value, label: choiceText(setting, value) }))
    return setting.choices.length <= 3 ? (
      <SegmentedControl
        id={id}
        aria-label={name}
        value={String(setting.value)}
        data={data}
        disabled={isPinned}
        onChange={change}
      />
    ) : (
      <Select
        id={id}
        value={String(setting.value)}
        data={data}
        disabled={isPinned}
        allowDeselect={false}
        searchable={data.length > 8}
        onChange={value => value !== null && change(value)}
      />
    )
  }
  return <Typed setting={setting} id={id} isPinned={isPinned} change={change} />
}

/** A number or a text; it is sent when the field is left or Enter is pressed, not with every letter. */
function Typed({
  setting,
  id,
  isPinned,
  change,
}: {
  setting: Setting
  id: string
  isPinned: boolean
  change(value: SettingValue): void
}) {
  const [typed, setTyped] = useState<string | number>(String(setting.value))
  useEffect(() => setTyped(String(setting.value)), [setting.value])
  const send = () => {
    const value = setting.kind === 'number' ? Number(typed) : String(typed)
    if (typed === '' && setting.kind === 'number') return setTyped(String(setting.value))
    if (value !== setting.value) change(value)
  }
  const shared = { id, disabled: isPinned, onBlur: send, onKeyDown: (event: { key: string }) => event.key === 'Enter' && send() }
  if (setting.kind === 'text')
    return <TextInput {...shared} value={typed} onChange={event => setTyped(event.currentTarget.value)} />
  return (
    <NumberInput
      {...shared}
      value={typed}
      onChange={setTyped}
      allowDecimal={false}
      clampBehavior="blur"
      {...(setting.from === null ? {} : { min: setting.from })}
      {...(setting.to === null ? {} : { max: setting.to })}
    />
  )
}
