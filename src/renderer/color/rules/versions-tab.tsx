import { useCallback, useEffect, useMemo, useState } from 'react'
import type { RuleVersion } from '../../../contract/color-rules.ts'
import { useDesk } from '../../desk.tsx'
import { useFormat } from '../../ui/format.ts'
import { Empty, Failure, Loading } from '../../ui/states.tsx'
import { type Translate, useText } from '../../ui/text.ts'
import { plainText } from './draft.ts'
import { ruleWords } from './rule-words.ts'
import css from './rules.module.css'
import { SentenceDiff, TreeDiff } from './sentence-diff.tsx'

const PAGE = 30

function useHistory(rule: string | null, version: number) {
  const desk = useDesk()
  const [versions, setVersions] = useState<readonly RuleVersion[] | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [hasMore, setMore] = useState(false)
  const read = useCallback(
    async (before?: number) => {
      try {
        const input = { ...(rule === null ? {} : { rule }), ...(before === undefined ? {} : { before }), limit: PAGE }
        const { versions: page } = await desk.color.rules.history(input)
        setVersions(known => (before === undefined ? page : [...(known ?? []), ...page]))
        setMore(page.length === PAGE)
        setError(null)
      } catch (fault) {
        setError(fault)
      }
    },
    [desk, rule],
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: another version of the book is another history
  useEffect(() => void read(), [read, version])
  return { versions, error, hasMore, read }
}

/** Every state that the rule ever had, with what changed in words, and the way back to each. */
export function VersionsTab({
  rule,
  version,
  canEdit,
  onBack,
}: {
  /** Null for all rules together. */
  rule: string | null
  version: number
  canEdit: boolean
  onBack(version: number, rule: string | null, text: string): void
}) {
  const { t } = useText()
  const [isAll, setAll] = useState(false)
  const { versions, error, hasMore, read } = useHistory(isAll ? null : rule, version)
  if (error) return <Failure error={error} retry={() => void read()} />
  if (!versions) return <Loading waitsFor={t('colorRules.versionsWait')} />
  return (
    <div className={css.stack}>
      {rule === null ? null : (
        <label className={css.check}>
          <input type="checkbox" checked={isAll} onChange={event => setAll(event.currentTarget.checked)} />
          {t('colorRules.versionsOfAll')}
        </label>
      )}
      {versions.length === 0 ? <Empty title={t('colorRules.versionsEmpty')} /> : null}
      {versions.map((one, k) => (
        <Version
          key={`${one.version} ${one.rule}`}
          one={one}
          isNewest={k === 0}
          showsName={isAll || rule === null}
          canEdit={canEdit}
          onBack={onBack}
        />
      ))}
      {hasMore ? (
        <button type="button" className={css.secondary} onClick={() => void read(versions.at(-1)?.version)}>
          {t('colorRules.olderVersions')}
        </button>
      ) : null}
    </div>
  )
}

function Version({
  one,
  isNewest,
  showsName,
  canEdit,
  onBack,
}: {
  one: RuleVersion
  isNewest: boolean
  showsName: boolean
  canEdit: boolean
  onBack(version: number, rule: string | null, text: string): void
}) {
  const { t } = useText()
  const format = useFormat()
  const words = useMemo(() => ruleWords(t), [t])
  const [isOpen, setOpen] = useState(false)
  const facts = factsOf(one, t)
  const isSameTree = plainText(one.before?.when) === plainText(one.after?.when)
  return (
    <article className={css.version}>
      <header>
        <strong>{one.version}</strong>
        <span>{t(`colorRules.action.${one.action}`)}</span>
        {showsName ? <span className={css.whyName}>{one.name}</span> : null}
        <span className={css.quiet}>
          {one.user} · {format.instant(one.at, 'dateMinute')}
        </span>
      </header>
      {facts.length > 0 ? <p className={css.quiet}>{facts.join(' · ')}</p> : null}
      {isSameTree && one.before?.name === one.after?.name ? null : (
        <SentenceDiff before={one.before} after={one.after} words={words} />
      )}
      <div className={css.buttons}>
        {isSameTree ? null : (
          <button type="button" className={css.link} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {t('colorRules.asTree')}
          </button>
        )}
        {canEdit && !isNewest ? (
          <button
            type="button"
            className={css.link}
            onClick={() => onBack(one.version, one.rule, t('colorRules.wentBack', { name: one.name, version: one.version }))}
          >
            {t('colorRules.backToThis')}
          </button>
        ) : null}
        {canEdit && !isNewest ? (
          <button
            type="button"
            className={css.link}
            onClick={() => onBack(one.version, null, t('colorRules.allWentBack', { version: one.version }))}
          >
            {t('colorRules.allBackToThis')}
          </button>
        ) : null}
      </div>
      {isOpen ? <TreeDiff before={one.before?.when ?? null} after={one.after?.when ?? null} words={words} /> : null}
    </article>
  )
}

/** What changed beside the words of the rule. */
function factsOf({ before, after }: RuleVersion, t: Translate): readonly string[] {
  if (!before || !after) return []
  const facts: string[] = []
  if (before.active !== after.active) facts.push(t(after.active ? 'colorRules.wasTurnedOn' : 'colorRules.wasTurnedOff'))
  if (before.priority !== after.priority)
    facts.push(t('colorRules.priorityFromTo', { from: before.priority, to: after.priority }))
  if (plainText(before.cases) !== plainText(after.cases))
    facts.push(t('colorRules.casesFromTo', { from: before.cases.length, to: after.cases.length }))
  return facts
}
