import { Button } from '@mantine/core'
import { useMemo, useRef } from 'react'
import type { AssetClassView } from '../../../contract/color-setup.ts'
import { type AssetClass, classProblems, NEVER_HIDDEN, plainClass } from '../../../core/color/asset-classes.ts'
import { COLOR_COLUMNS } from '../../../core/color/color-columns.ts'
import { useDesk } from '../../desk.tsx'
import { IconButton } from '../../ui/form.tsx'
import { notifyFault } from '../../ui/notice-fault.ts'
import { notify } from '../../ui/notice-store.ts'
import { useText } from '../../ui/text.ts'
import css from './setup.module.css'
import { LineProblem, SetupBar } from './setup-bar.tsx'
import { useDraft } from './use-setup.ts'
import { walk } from './walk.ts'

/** The class itself, or one of its parts. */
interface Line {
  readonly key: number
  readonly name: string
  readonly hiddenColumns: readonly string[]
}

const NOTHING: AssetClass = { name: '', hiddenColumns: [], subs: [] }
const linesOf = ({ subs, ...main }: AssetClass): readonly Line[] =>
  [main, ...subs].map(({ name, hiddenColumns }, key) => ({ key, name, hiddenColumns }))
function classOf([main, ...subs]: readonly Line[]) {
  const part = ({ name, hiddenColumns }: Line) => ({ name, hiddenColumns: [...hiddenColumns] })
  return { ...part(main!), subs: subs.map(part) }
}

interface ClassFormProps {
  /** Null for a new one. */
  readonly kept: AssetClassView | null
  /** What a new one is called to begin with. */
  readonly name: string
  readonly others: readonly AssetClass[]
  /** Classes of stored colors that are not in the tree. */
  readonly found: readonly string[]
  /** The line whose columns are shown: 0 is the class, its parts follow. */
  readonly line: number
  onLine(line: number): void
  readonly mayChange: boolean
  onSaved(id: string): void
  onClose(): void
}

/** A main class with its parts, and the columns of the line that is chosen. */
export function ClassForm(props: ClassFormProps) {
  const { kept, others, mayChange, onLine } = props
  const { t } = useText()
  const { form, remove } = useClassForm(props)
  const { draft, setDraft } = form
  const problems = useMemo(() => classProblems(classOf(draft), others), [draft, others])
  const line = Math.min(props.line, draft.length - 1)
  const table = useRef<HTMLTableElement>(null)
  const add = (name: string) => {
    setDraft([...draft, { key: Math.max(...draft.map(({ key }) => key)) + 1, name, hiddenColumns: [] }])
    onLine(draft.length)
    requestAnimationFrame(() => table.current?.querySelector<HTMLInputElement>('tbody tr:last-child input')?.focus())
  }
  const change = (at: number, patch: Partial<Line>) => setDraft(draft.map((one, k) => (k === at ? { ...one, ...patch } : one)))
  const free = props.found.filter(value => !draft.some(({ name }) => plainClass(name) === plainClass(value)))
  return (
    <form
      className={css.form}
      aria-label={draft[0]!.name || t('colorSetup.classes.new')}
      autoComplete="off"
      onSubmit={event => {
        event.preventDefault()
        if (problems.length === 0 && form.isChanged && !form.behind) void form.save()
      }}
    >
      <div className={css.scroll}>
        <p className={css.about}>{t('colorSetup.classes.about')}</p>
        <fieldset disabled={!mayChange} className={css.plain}>
          <div className={css.parts}>
            <table ref={table} className={css.table} aria-label={t('colorSetup.classes.parts')}>
              <tbody>
                {draft.map((one, at) => (
                  <tr key={one.key} aria-current={at === line}>
                    <td className={at > 0 ? css.part : undefined}>
                      <input
                        className={css.className}
                        aria-label={t(at === 0 ? 'colorSetup.classes.main' : 'colorSetup.classes.part')}
                        value={one.name}
                        maxLength={200}
                        spellCheck={false}
                        onFocus={() => onLine(at)}
                        onChange={event => change(at, { name: event.currentTarget.value })}
                      />
                    </td>
                    <td className={css.quiet}>{t('colorSetup.classes.hides', { count: one.hiddenColumns.length })}</td>
                    <td>
                      <span className={css.buttons}>
                        {at === 0 && kept === null ? null : (
                          <IconButton
                            icon="close"
                            label={t('colorSetup.removeLine', { name: one.name })}
                            onClick={() => (at === 0 ? remove() : setDraft(draft.filter(({ key }) => key !== one.key)))}
                          />
                        )}
                        <LineProblem problems={problems} line={at} />
                      </span>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <div className={css.buttons}>
            <Button size="compact-sm" variant="default" onClick={() => add('')}>
              {t('colorSetup.classes.addPart')}
            </Button>
            {free.map(value => (
              <Button key={value} size="compact-sm" variant="subtle" onClick={() => add(value)}>
                + {value}
              </Button>
            ))}
          </div>
          <Columns main={draft[0]!} of={draft[line]!} onChange={hiddenColumns => change(line, { hiddenColumns })} />
        </fieldset>
      </div>
      <SetupBar
        form={form}
        problems={problems}
        mayChange={mayChange}
        usual={t('colorSetup.classes.showAll')}
        onUsual={() => setDraft(draft.map(one => ({ ...one, hiddenColumns: [] })))}
      />
    </form>
  )
}

function useClassForm({ kept, name, onSaved, onClose }: ClassFormProps) {
  const { t } = useText()
  const desk = useDesk()
  const base = { revision: kept?.revision ?? 0, user: kept?.user ?? null, value: linesOf(kept ?? NOTHING) }
  const form = useDraft(
    base,
    async (lines, revision) => {
      const saved = await desk.color.setup.saveClass({ id: kept?.id ?? null, revision, ...classOf(lines) })
      onSaved(saved.id)
      return { ...saved, value: linesOf(saved) }
    },
    { said: t('colorSetup.classes.saved'), ...(kept ? {} : { begin: linesOf({ ...NOTHING, name }) }) },
  )
  const remove = async () => {
    if (!kept) return
    try {
      const { entry } = await desk.color.setup.removeClass({ id: kept.id, revision: kept.revision })
      const undo = () => void desk.color.log.revert({ entry, anyway: false }).catch(notifyFault)
      const actions = [{ label: t('colorSetup.undo'), run: undo }]
      notify({
        tone: 'good',
        text: t('colorSetup.classes.removed', { name: kept.name }),
        key: 'color-setup',
        actions,
        seconds: 12,
      })
      onClose()
    } catch (fault) {
      notifyFault(fault)
    }
  }
  // A new one that is not wanted has nothing to go back to.
  return { form: kept ? form : { ...form, isChanged: true, discard: onClose }, remove: () => void remove() }
}

/** Every column with whether quotes of the class show it. */
function Columns({ main, of, onChange }: { main: Line; of: Line; onChange(hidden: readonly string[]): void }) {
  const { t } = useText()
  return (
    <section className={css.found} aria-label={t('colorSetup.classes.columns', { name: of.name })}>
      <h3>{t('colorSetup.classes.columns', { name: of.name })}</h3>
      <ul className={css.columns} onKeyDown={event => walk(event, 'input')}>
        {COLOR_COLUMNS.map(({ name }) => {
          const isNeeded = NEVER_HIDDEN.has(name)
          const isByMain = of !== main && main.hiddenColumns.includes(name)
          const reason = isNeeded
            ? t('colorSetup.classes.needed')
            : isByMain
              ? t('colorSetup.classes.byMain', { name: main.name })
              : ''
          return (
            <li key={name}>
              <label>
                <input
                  type="checkbox"
                  checked={!isByMain && !of.hiddenColumns.includes(name)}
                  disabled={isNeeded || isByMain}
                  onChange={event => {
                    const others = of.hiddenColumns.filter(column => column !== name)
                    onChange(event.currentTarget.checked ? others : [...others, name].sort())
                  }}
                />
                {name === 'COV_PRICE' ? t('colorRuns.col.eval') : name}
              </label>
              <span className={css.quiet}>{reason}</span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
