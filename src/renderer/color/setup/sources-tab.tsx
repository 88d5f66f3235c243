import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { SourceView } from '../../../contract/color-sources.ts'
import { useDesk } from '../../desk.tsx'
import { Empty, Failure, Loading } from '../../ui/states.tsx'
import { useText } from '../../ui/text.ts'
import css from './setup.module.css'
import { SourceForm } from './source-form.tsx'

const NEW: SourceView = {
  ...{ id: '', name: '', revision: 0, hasSecret: true },
  source: { place: { engine: 'workspace' }, assetClass: '', sql: '', rowCap: 100_000, seconds: 60, enabled: false },
}

/** Saved queries of databases, and the form of the one that is open. */
export function SourcesTab({ newest, mayChange }: { newest: number; mayChange: boolean }) {
  const { t } = useText()
  const desk = useDesk()
  const [sources, setSources] = useState<readonly SourceView[] | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [turn, setTurn] = useState(0)
  const [open, setOpen] = useState<string | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change and a retry ask again
  useEffect(() => {
    let isGone = false
    desk.color.sources.list().then(
      next => !isGone && setSources(next.sources),
      fault => !isGone && setError(fault),
    )
    return () => {
      isGone = true
    }
  }, [desk, newest, turn])
  const again = () => {
    setError(null)
    setTurn(turn + 1)
  }
  if (!sources) return error ? <Failure error={error} retry={again} /> : <Loading waitsFor={t('colorSetup.view.sources')} />
  const shown = open === '' ? NEW : sources.find(({ id }) => id === open)
  const begin = () => setOpen('')
  return (
    <div className={css.split}>
      <div className={css.scroll}>
        {sources.length === 0 ? (
          <Empty
            title={t('colorSetup.sources.none')}
            action={mayChange && !shown ? { label: t('colorSetup.sources.add'), run: begin } : undefined}
          >
            {t('colorSetup.sources.about')}
          </Empty>
        ) : (
          <>
            <p className={css.about}>{t('colorSetup.sources.about')}</p>
            <ul className={css.sources}>
              {sources.map(({ id, name, source, hasSecret }) => (
                <li key={id}>
                  <button type="button" aria-expanded={id === open} onClick={() => setOpen(id)}>
                    <strong>{name}</strong>
                    <span>{t(`colorSetup.engine.${source.place.engine}`)}</span>
                    <span>{t(source.enabled ? 'colorSetup.sources.on' : 'colorSetup.sources.off')}</span>
                    {hasSecret ? null : <span className={css.bad}>{t('colorSetup.sources.noSecret')}</span>}
                  </button>
                </li>
              ))}
            </ul>
            <Button size="compact-sm" variant="default" disabled={!mayChange} onClick={begin}>
              {t('colorSetup.sources.add')}
            </Button>
          </>
        )}
      </div>
      {shown ? (
        <SourceForm
          key={shown.id}
          kept={shown}
          mayChange={mayChange}
          onSaved={id => {
            setOpen(id)
            again()
          }}
          onClose={() => {
            setOpen(null)
            again()
          }}
        />
      ) : null}
    </div>
  )
}
