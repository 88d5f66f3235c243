import { Button } from '@mantine/core'
import { useState } from 'react'
import type { AssetClassView } from '../../../contract/color-setup.ts'
import { plainClass } from '../../../core/color/asset-classes.ts'
import { tell } from '../../ui/fault.ts'
import { useFormat } from '../../ui/format.ts'
import { Empty } from '../../ui/states.tsx'
import { useText } from '../../ui/text.ts'
import { Demo } from '../runs/run-details.tsx'
import { ClassForm } from './class-form.tsx'
import css from './setup.module.css'
import { useUsedValues } from './use-setup.ts'
import { walk } from './walk.ts'

interface Fresh {
  readonly key: string
  readonly name: string
}

/** The tree of asset classes, and the form of the one that is open. Forms stay, so that what is typed in one is not lost. */
export function ClassesTab({ kept, newest, mayChange }: { kept: readonly AssetClassView[]; newest: number; mayChange: boolean }) {
  const { t } = useText()
  const { found, isDemo, error } = useFound(kept, newest)
  const [fresh, setFresh] = useState<readonly Fresh[]>([])
  const [count, setCount] = useState(0)
  const [open, setOpen] = useState<{ readonly form: string; readonly line: number } | null>(null)
  // Somebody else may have removed the one that is open.
  const isThere = kept.some(({ id }) => id === open?.form) || fresh.some(({ key }) => key === open?.form)
  const shown = isThere ? open : kept[0] ? { form: kept[0].id, line: 0 } : null
  const add = (name: string) => {
    const key = `new ${count}`
    setCount(count + 1)
    setFresh([...fresh, { key, name }])
    setOpen({ form: key, line: 0 })
  }
  const close = (key: string, next: string | null) => {
    setFresh(before => before.filter(one => one.key !== key))
    setOpen(next === null ? null : { form: next, line: 0 })
  }
  const form = (key: string, one: AssetClassView | null, name: string) => (
    <div key={key} className={css.body} hidden={shown?.form !== key}>
      <ClassForm
        kept={one}
        name={name}
        others={kept.filter(({ id }) => id !== one?.id)}
        found={found.map(({ value }) => value)}
        line={shown?.form === key ? shown.line : 0}
        onLine={line => setOpen({ form: key, line })}
        mayChange={mayChange}
        onSaved={id => one === null && close(key, id)}
        onClose={() => close(key, null)}
      />
    </div>
  )
  return (
    <div className={css.split}>
      <div className={css.tree}>
        <Tree kept={kept} fresh={fresh} shown={shown} onOpen={(key, line) => setOpen({ form: key, line })} />
        <Button size="compact-sm" variant="default" disabled={!mayChange} onClick={() => add('')}>
          {t('colorSetup.classes.add')}
        </Button>
        <Found found={found} isDemo={isDemo} error={error} mayChange={mayChange} onAdd={add} />
      </div>
      {kept.length + fresh.length === 0 ? (
        <div className={css.body}>
          <Empty title={t('colorSetup.classes.none')}>{t('colorSetup.classes.about')}</Empty>
        </div>
      ) : (
        [...kept.map(one => form(one.id, one, one.name)), ...fresh.map(({ key, name }) => form(key, null, name))]
      )}
    </div>
  )
}

function Tree({
  kept,
  fresh,
  shown,
  onOpen,
}: {
  kept: readonly AssetClassView[]
  fresh: readonly Fresh[]
  shown: { readonly form: string; readonly line: number } | null
  onOpen(form: string, line: number): void
}) {
  const { t } = useText()
  const line = (key: string, at: number, name: string, about: string) => (
    <button
      key={at}
      type="button"
      className={at > 0 ? css.part : undefined}
      aria-current={shown?.form === key && shown.line === at}
      onClick={() => onOpen(key, at)}
    >
      <span>{name}</span>
      <span className={css.quiet}>{about}</span>
    </button>
  )
  const hides = ({ length }: readonly string[]) => (length === 0 ? '' : t('colorSetup.classes.hides', { count: length }))
  return (
    <nav className={css.branches} aria-label={t('colorSetup.view.classes')} onKeyDown={event => walk(event, 'button')}>
      {kept.map(({ id, name, hiddenColumns, subs }) => (
        <div key={id}>
          {line(id, 0, name, hides(hiddenColumns))}
          {subs.map((sub, at) => line(id, at + 1, sub.name, hides(sub.hiddenColumns)))}
        </div>
      ))}
      {fresh.map(({ key, name }) => (
        <div key={key}>{line(key, 0, name || t('colorSetup.classes.new'), t('colorSetup.unsaved'))}</div>
      ))}
    </nav>
  )
}

/** Asset classes of stored colors that the tree has not. */
function useFound(kept: readonly AssetClassView[], newest: number) {
  const { used, error } = useUsedValues('ASSET_CLASS', newest)
  const known = new Set(kept.flatMap(one => [one, ...one.subs]).map(({ name }) => plainClass(name)))
  const all = [...(used?.rows ?? [])].map(([value, rows]) => ({ value, rows }))
  const found = all.filter(({ value }) => value.trim() !== '' && !known.has(plainClass(value)))
  return { found, isDemo: used?.isDemo === true, error: used ? null : error }
}

function Found({
  found,
  isDemo,
  error,
  mayChange,
  onAdd,
}: ReturnType<typeof useFound> & { mayChange: boolean; onAdd(name: string): void }) {
  const { t, language } = useText()
  const format = useFormat()
  if (error) return <p className={css.quiet}>{t('colorSetup.classes.unknown', { reason: tell(error, language).sentence })}</p>
  if (found.length === 0) return null
  return (
    <section className={css.found}>
      <h3>
        {t('colorSetup.classes.found')} {isDemo ? <Demo /> : null}
      </h3>
      <ul>
        {found.map(({ value, rows }) => (
          <li key={value}>
            <span>{value}</span>
            <span className={css.quiet}>{t('colorSetup.rows', { count: rows, rows: format.whole(rows) })}</span>
            <Button
              size="compact-xs"
              variant="default"
              disabled={!mayChange}
              aria-label={t('colorSetup.classes.addOne', { name: value })}
              onClick={() => onAdd(value)}
            >
              {t('colorSetup.classes.take')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
