import { useEffect } from 'react'
import { Choice } from '../../options/choice.tsx'
import type { PanelProps } from '../../panels.ts'
import { Failure, Loading } from '../../ui/states.tsx'
import { useText } from '../../ui/text.ts'
import { ClassesTab } from './classes-tab.tsx'
import { LimitsTab } from './limits-tab.tsx'
import { RanksTab } from './ranks-tab.tsx'
import css from './setup.module.css'
import { SourcesTab } from './sources-tab.tsx'
import { useMaySetUp, useSetup } from './use-setup.ts'

const VIEWS = ['ranks', 'limits', 'classes', 'sources'] as const

/** What a panel of the setup remembers. */
export interface SetupParams {
  readonly view?: (typeof VIEWS)[number]
}

/** What an administrator of the color desk decides about quotes. */
export function Panel({ params, setParams, setTitle }: PanelProps<SetupParams>) {
  const { t } = useText()
  useEffect(() => setTitle(t('panel.color-setup')), [setTitle, t])
  const { setup, error, retry, newest } = useSetup()
  const mayChange = useMaySetUp()
  const view = VIEWS.find(known => known === params.view) ?? 'ranks'
  if (error && !setup) return <Failure error={error} retry={retry} />
  if (!setup) return <Loading waitsFor={t('colorSetup.wait')} />
  return (
    <section className={css.panel} aria-label={t('panel.color-setup')}>
      <div className={css.tools}>
        <Choice
          label={t('colorSetup.view')}
          value={view}
          options={VIEWS.map(value => ({ value, label: t(`colorSetup.view.${value}`) }))}
          onChange={next => setParams({ view: next })}
        />
        {mayChange ? null : <span className={css.keys}>{t('colorSetup.readOnly')}</span>}
      </div>
      {/* All stay, so that what is typed in one is there after a look at the other. */}
      <div className={css.body} hidden={view !== 'ranks'}>
        <RanksTab kept={setup.ranks} newest={newest} mayChange={mayChange} />
      </div>
      <div className={css.body} hidden={view !== 'limits'}>
        <LimitsTab kept={setup.limits} mayChange={mayChange} />
      </div>
      <div className={css.body} hidden={view !== 'classes'}>
        <ClassesTab kept={setup.classes} newest={newest} mayChange={mayChange} />
      </div>
      <div className={css.body} hidden={view !== 'sources'}>
        <SourcesTab newest={newest} mayChange={mayChange} />
      </div>
    </section>
  )
}
