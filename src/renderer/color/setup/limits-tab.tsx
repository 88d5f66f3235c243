import { Button } from '@mantine/core'
import { useMemo, useRef } from 'react'
import type { ColorSetup } from '../../../contract/color-setup.ts'
import { type SectorLimit, USUAL_LIMITS } from '../../../core/color/sector-limits.ts'
import { limitProblems } from '../../../core/color/setup-check.ts'
import { useDesk } from '../../desk.tsx'
import { IconButton } from '../../ui/form.tsx'
import { useText } from '../../ui/text.ts'
import { Version } from './ranks-tab.tsx'
import css from './setup.module.css'
import { LineProblem, SetupBar } from './setup-bar.tsx'
import { useDraft } from './use-setup.ts'

interface Line {
  readonly key: number
  readonly word: string
  /** Both blank where prices have no bounds. */
  readonly lowest: string
  readonly highest: string
  readonly tolerance: string
}

const linesOf = (sectors: readonly SectorLimit[]): readonly Line[] =>
  sectors.map(({ word, bounds, tolerancePercent }, key) => ({
    ...{ key, word, lowest: bounds?.lowest ?? '', highest: bounds?.highest ?? '', tolerance: tolerancePercent },
  }))
const limitOf = ({ word, lowest, highest, tolerance }: Line): SectorLimit => ({
  word,
  bounds: lowest.trim() === '' && highest.trim() === '' ? null : { lowest: lowest.trim(), highest: highest.trim() },
  tolerancePercent: tolerance.trim(),
})

/** Which prices a sector bears, in the order in which the words are looked for. */
export function LimitsTab({ kept, mayChange }: { kept: ColorSetup['limits']; mayChange: boolean }) {
  const { t } = useText()
  const desk = useDesk()
  const table = useRef<HTMLTableElement>(null)
  const form = useDraft({ ...kept, value: linesOf(kept.sectors) }, async (lines, revision) => {
    const sectors = lines.map(limitOf).map(one => ({ ...one, bounds: one.bounds && { ...one.bounds } }))
    const saved = await desk.color.setup.saveLimits({ revision, sectors })
    return { ...saved, value: linesOf(saved.sectors) }
  })
  const { draft, setDraft } = form
  const problems = useMemo(() => limitProblems(draft.map(limitOf)), [draft])
  const move = (at: number, by: -1 | 1) => {
    const next = [...draft]
    ;[next[at], next[at + by]] = [next[at + by]!, next[at]!]
    setDraft(next)
  }
  const add = () => {
    const key = Math.max(-1, ...draft.map(line => line.key)) + 1
    setDraft([...draft, { key, word: '', lowest: '', highest: '', tolerance: '2' }])
    requestAnimationFrame(() => table.current?.querySelector<HTMLInputElement>('tbody tr:last-child input')?.focus())
  }
  return (
    <form
      className={css.form}
      aria-label={t('colorSetup.view.limits')}
      autoComplete="off"
      onSubmit={event => {
        event.preventDefault()
        if (problems.length === 0 && form.isChanged && !form.behind) void form.save()
      }}
    >
      <div className={css.scroll}>
        <p className={css.about}>
          {t('colorSetup.limits.about')} <Version revision={kept.revision} user={kept.user} />
        </p>
        <fieldset disabled={!mayChange} className={css.plain}>
          <table ref={table} className={css.table} aria-label={t('colorSetup.view.limits')}>
            <thead>
              <tr>
                {(['word', 'lowest', 'highest', 'tolerance'] as const).map(name => (
                  <th key={name} scope="col">
                    {t(`colorSetup.limits.${name}`)}
                  </th>
                ))}
                <th scope="col">{t('colorSetup.limits.order')}</th>
              </tr>
            </thead>
            <tbody>
              {draft.map((line, k) => (
                <tr key={line.key}>
                  {(['word', 'lowest', 'highest', 'tolerance'] as const).map(name => (
                    <td key={name}>
                      <input
                        className={name === 'word' ? undefined : css.short}
                        aria-label={t('colorSetup.limits.of', { field: t(`colorSetup.limits.${name}`), word: line.word })}
                        inputMode={name === 'word' ? 'text' : 'decimal'}
                        value={line[name]}
                        maxLength={60}
                        spellCheck={false}
                        onChange={event => {
                          const { value } = event.currentTarget
                          setDraft(draft.map(one => (one.key === line.key ? { ...one, [name]: value } : one)))
                        }}
                      />
                    </td>
                  ))}
                  <td>
                    <span className={css.buttons}>
                      {([-1, 1] as const).map(by => (
                        <button
                          key={by}
                          type="button"
                          className={css.step}
                          aria-label={t(by < 0 ? 'colorSetup.up' : 'colorSetup.down', { name: line.word })}
                          disabled={k + by < 0 || k + by >= draft.length}
                          onClick={() => move(k, by)}
                        >
                          {by < 0 ? '↑' : '↓'}
                        </button>
                      ))}
                      <IconButton
                        icon="close"
                        label={t('colorSetup.removeLine', { name: line.word })}
                        onClick={() => setDraft(draft.filter(({ key }) => key !== line.key))}
                      />
                      <LineProblem problems={problems} line={k} />
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <Button size="compact-sm" variant="default" onClick={add}>
            {t('colorSetup.limits.add')}
          </Button>
        </fieldset>
      </div>
      <SetupBar form={form} problems={problems} mayChange={mayChange} onUsual={() => setDraft(linesOf(USUAL_LIMITS))} />
    </form>
  )
}
