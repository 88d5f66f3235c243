import { Button } from '@mantine/core'
import { useMemo, useRef } from 'react'
import type { ColorSetup } from '../../../contract/color-setup.ts'
import { plainType, USUAL_RANKS } from '../../../core/color/bias-rank.ts'
import { type RankedType, rankProblems, typesOf } from '../../../core/color/setup-check.ts'
import { useDesk } from '../../desk.tsx'
import { tell } from '../../ui/fault.ts'
import { IconButton } from '../../ui/form.tsx'
import { useFormat } from '../../ui/format.ts'
import { useText } from '../../ui/text.ts'
import { Demo } from '../runs/run-details.tsx'
import css from './setup.module.css'
import { LineProblem, SetupBar } from './setup-bar.tsx'
import { type UsedValues, useDraft, useUsedValues } from './use-setup.ts'

interface Line {
  readonly key: number
  readonly type: string
  readonly rank: string
  /** With commas between them. */
  readonly words: string
}

const linesOf = (types: readonly RankedType[]): readonly Line[] =>
  types.map(({ type, rank, words }, key) => ({ key, type, rank: `${rank}`, words: words.join(', ') }))
const typeOf = ({ type, rank, words }: Line) => ({
  type,
  // Number('') is 0, which is no rank.
  rank: Number(rank),
  words: words
    .split(',')
    .map(word => word.trim())
    .filter(word => word !== ''),
})

/** How much each quote type weighs, and which words mean it. */
export function RanksTab({ kept, newest, mayChange }: { kept: ColorSetup['ranks']; newest: number; mayChange: boolean }) {
  const { t, language } = useText()
  const desk = useDesk()
  const table = useRef<HTMLTableElement>(null)
  const { used, error } = useUsedValues('BIAS', newest)
  const form = useDraft({ ...kept, value: linesOf(kept.types) }, async (lines, revision) => {
    const saved = await desk.color.setup.saveRanks({ revision, types: lines.map(typeOf) })
    return { ...saved, value: linesOf(saved.types) }
  })
  const { draft, setDraft } = form
  const problems = useMemo(() => rankProblems(draft.map(typeOf)), [draft])
  const patch = (key: number, change: Partial<Line>) =>
    setDraft(draft.map(line => (line.key === key ? { ...line, ...change } : line)))
  const add = (type: string) => {
    setDraft([...draft, { key: Math.max(-1, ...draft.map(({ key }) => key)) + 1, type, rank: '', words: '' }])
    // The line is there after the next drawing; its rank is what is asked for, or its name where that is open.
    const field = type === '' ? 'type' : 'rank'
    requestAnimationFrame(() => table.current?.querySelector<HTMLInputElement>(`tbody tr:last-child [name=${field}]`)?.focus())
  }
  return (
    <form
      className={css.form}
      aria-label={t('colorSetup.view.ranks')}
      autoComplete="off"
      onSubmit={event => {
        event.preventDefault()
        if (problems.length === 0 && form.isChanged && !form.behind) void form.save()
      }}
    >
      <div className={css.scroll}>
        <p className={css.about}>
          {t('colorSetup.ranks.about')} <Version revision={kept.revision} user={kept.user} />
        </p>
        <fieldset disabled={!mayChange} className={css.plain}>
          <table ref={table} className={css.table} aria-label={t('colorSetup.view.ranks')}>
            <thead>
              <tr>
                <th scope="col">{t('colorSetup.ranks.type')}</th>
                <th scope="col">{t('colorSetup.ranks.rank')}</th>
                <th scope="col">{t('colorSetup.ranks.words')}</th>
                <th scope="col" className={css.end}>
                  {t('colorSetup.ranks.used')} {used?.isDemo ? <Demo /> : null}
                </th>
                <th scope="col">
                  <span className="visually-hidden">{t('colorSetup.remove')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {draft.map((line, k) => (
                <tr key={line.key}>
                  <td>
                    <input
                      name="type"
                      aria-label={t('colorSetup.ranks.type')}
                      value={line.type}
                      maxLength={60}
                      spellCheck={false}
                      onChange={event => patch(line.key, { type: event.currentTarget.value })}
                    />
                  </td>
                  <td>
                    <input
                      name="rank"
                      className={css.short}
                      aria-label={t('colorSetup.ranks.rankOf', { type: line.type })}
                      inputMode="numeric"
                      value={line.rank}
                      maxLength={3}
                      onChange={event => patch(line.key, { rank: event.currentTarget.value.trim() })}
                    />
                  </td>
                  <td>
                    <input
                      className={css.wide}
                      aria-label={t('colorSetup.ranks.wordsOf', { type: line.type })}
                      value={line.words}
                      maxLength={600}
                      spellCheck={false}
                      onChange={event => patch(line.key, { words: event.currentTarget.value })}
                    />
                  </td>
                  <td className={css.end}>
                    <Used used={used} type={line.type} />
                  </td>
                  <td>
                    <IconButton
                      icon="close"
                      label={t('colorSetup.removeLine', { name: line.type })}
                      onClick={() => setDraft(draft.filter(({ key }) => key !== line.key))}
                    />
                    <LineProblem problems={problems} line={k} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <Button size="compact-sm" variant="default" onClick={() => add('')}>
            {t('colorSetup.ranks.add')}
          </Button>
        </fieldset>
        {error && !used ? (
          <p className={css.open} role="status">
            {t('colorSetup.unmapped.unknown', { reason: tell(error, language).sentence })}
          </p>
        ) : null}
        <Unmapped used={used} types={draft.map(typeOf)} mayChange={mayChange} onAdd={add} />
      </div>
      <SetupBar form={form} problems={problems} mayChange={mayChange} onUsual={() => setDraft(linesOf(typesOf(USUAL_RANKS)))} />
    </form>
  )
}

function Used({ used, type }: { used: UsedValues | null; type: string }) {
  const format = useFormat()
  return used ? format.whole(used.rows.get(plainType(type)) ?? 0) : null
}

/** Quote types of stored colors that no line names. */
function Unmapped({
  used,
  types,
  mayChange,
  onAdd,
}: {
  used: UsedValues | null
  types: readonly RankedType[]
  mayChange: boolean
  onAdd(type: string): void
}) {
  const { t } = useText()
  const format = useFormat()
  const known = new Set(types.flatMap(({ type, words }) => [type, ...words]).map(plainType))
  const open = [...(used?.rows ?? [])].filter(([type]) => !known.has(plainType(type)))
  if (!used) return null
  return (
    <section className={css.open}>
      <h3>{t('colorSetup.unmapped')}</h3>
      {open.length === 0 ? (
        <p className={css.quiet}>{t(used.rows.size === 0 ? 'colorSetup.unmapped.empty' : 'colorSetup.unmapped.none')}</p>
      ) : (
        <>
          <p className={css.quiet}>{t('colorSetup.unmapped.about')}</p>
          <ul>
            {open.map(([type, rows]) => (
              <li key={type}>
                <strong>{type}</strong>
                <span>{t('colorSetup.rows', { count: rows, rows: format.whole(rows) })}</span>
                <Button size="compact-sm" variant="default" disabled={!mayChange} onClick={() => onAdd(type)}>
                  {t('colorSetup.unmapped.rank')}
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

/** Which state is in force. */
export function Version({ revision, user }: { revision: number; user: string | null }) {
  const { t } = useText()
  return (
    <span className={css.quiet}>
      {revision === 0 ? t('colorSetup.isUsual') : t('colorSetup.version', { revision, user: user ?? '' })}
    </span>
  )
}
