import { useCallback, useMemo, useRef, useState } from 'react'
import type { RuleBook } from '../../../contract/color-rules.ts'
import { useDesk } from '../../desk.tsx'
import { Choice } from '../../options/choice.tsx'
import { Empty } from '../../ui/states.tsx'
import { useText } from '../../ui/text.ts'
import { failingCases, verdictsOf } from './cases-tab.tsx'
import { type Draft, isSameCondition, newDraft, ruleOf, rulesWith } from './draft.ts'
import type { Cells } from './row-cells.tsx'
import { type EditorHandle, RuleEditor } from './rule-editor.tsx'
import { FileReport, FileTools, type ReadFile } from './rule-files.tsx'
import { type ListHandle, type ListItem, ListTools, RuleList } from './rule-list.tsx'
import css from './rules.module.css'
import type { SaveDoubt } from './save-bar.tsx'
import { type SideName, SideTabs } from './side-tabs.tsx'
import { answersOf } from './tree-answers.ts'
import { useChecks } from './use-checks.ts'
import { signatureOf, useDryRun } from './use-dry-run.ts'
import { type KeptDrafts, useEditing } from './use-editing.ts'
import { useMayEdit, useRuleActions } from './use-rules.ts'
import { useWhyCells, type WhyRow } from './why-tab.tsx'

/** What the panel keeps; plain JSON. Another panel opens it with `why` to have a row explained. */
export interface RulesParams {
  readonly rule?: string | null
  readonly list?: 'rules' | 'presets'
  readonly side?: SideName
  readonly days?: number
  readonly why?: WhyRow | null
  readonly drafts?: KeptDrafts
}

const NO_DRAFTS: KeptDrafts = {}
const USUAL_DAYS = 90

/** List, tree and side of the rules, and what goes on between them. */
export function RulesDesk({
  book,
  take,
  params,
  setParams,
}: {
  book: RuleBook
  take(book: RuleBook): void
  params: RulesParams
  setParams(patch: Partial<RulesParams>): void
}) {
  const { t } = useText()
  const desk = useDesk()
  const canEdit = useMayEdit()
  const actions = useRuleActions(book, take)
  const list = useRef<ListHandle>(null)
  const editor = useRef<EditorHandle>(null)
  const [file, setFile] = useState<ReadFile | null>(null)
  const [doubts, setDoubts] = useState<readonly SaveDoubt[] | null>(null)
  const chosen = params.rule ?? null
  const keep = useCallback((drafts: KeptDrafts) => setParams({ drafts }), [setParams])
  const { editing, dirty, begin, forget } = useEditing(book, chosen, params.drafts ?? NO_DRAFTS, keep)
  const kind = params.list ?? 'rules'
  const rules = useMemo(() => rulesWith(book, dirty), [book, dirty])
  const findings = useChecks(rules)
  const dry = useDryRun()
  const why = params.why ?? null
  const known = useWhyCells(why)
  const days = params.days ?? USUAL_DAYS
  const side = params.side ?? (why ? 'why' : 'dry')
  const load = useCallback(
    async (column: string, starts: string) => (await desk.color.rules.values({ column, starts })).values,
    [desk],
  )
  const draft = editing?.draft ?? null
  // Only the rule that is looked at: what is saved with it is what was seen.
  const wouldBe = useMemo(() => rulesWith(book, draft?.of === 'rule' ? [draft] : []), [book, draft])
  const ownFindings = useMemo(() => findings.filter(({ rule }) => rule === draft?.id), [findings, draft?.id])
  const tree = editing?.state.tree
  const answers = useMemo(
    () => (side === 'why' && known.cells && tree ? answersOf(tree, known.cells) : null),
    [side, known.cells, tree],
  )
  const signature = useMemo(() => (dry.of === null ? null : signatureOf(wouldBe)), [dry.of, wouldBe])
  const isSeen = dry.of !== null && dry.of === signature

  const choose = (rule: string | null) => {
    setDoubts(null)
    setParams({ rule })
  }
  const start = (made: Draft) => {
    begin(made)
    setDoubts(null)
    setParams({ rule: made.id, list: made.of === 'rule' ? 'rules' : 'presets' })
    // The field is there after the next drawing.
    setTimeout(() => editor.current?.focusName())
  }
  const freeName = (wanted: string) => {
    const taken = new Set([...book.rules, ...book.presets, ...dirty].map(({ name }) => name.trim().toLowerCase()))
    let name = wanted
    for (let k = 2; taken.has(name.toLowerCase()); k++) name = `${wanted} ${k}`
    return name.slice(0, 120)
  }
  const add = () =>
    start(
      newDraft(
        kind === 'rules' ? 'rule' : 'preset',
        crypto.randomUUID(),
        freeName(t(kind === 'rules' ? 'colorRules.newRule' : 'colorRules.newPreset')),
      ),
    )
  const duplicate = (id: string) => {
    const of =
      dirty.find(one => one.id === id) ?? book.rules.find(one => one.id === id) ?? book.presets.find(one => one.id === id)
    if (!of) return
    const cases = 'cases' in of ? of.cases : []
    start(
      newDraft(
        kind === 'rules' ? 'rule' : 'preset',
        crypto.randomUUID(),
        freeName(t('colorRules.copyOf', { name: of.name })),
        of.when,
        cases,
      ),
    )
  }
  const remove = async (id: string) => {
    const rule = book.rules.find(one => one.id === id)
    const preset = book.presets.find(one => one.id === id)
    const items = itemsOf()
    const at = items.findIndex(item => item.id === id)
    const next = items[at + 1]?.id ?? items[at - 1]?.id ?? null
    if (rule && !(await actions.remove(rule))) return
    if (preset && !(await actions.removePreset(preset))) return
    forget(id)
    choose(next)
    list.current?.focus()
  }
  const dryRun = () => {
    setDoubts(null)
    setParams({ side: 'dry' })
    void dry.run(wouldBe, days)
  }
  const save = async (anyway: boolean) => {
    if (!editing || !draft || ownFindings.some(({ kind: one }) => one === 'empty')) return
    const standing = doubtsOf()
    if (!anyway && standing.length > 0) return setDoubts(standing)
    setDoubts(null)
    if (draft.of === 'rule') await actions.save([ruleOf(draft, book)], anyway)
    else
      await actions.savePreset({ id: draft.id, name: draft.name.trim(), when: draft.when, revision: editing.kept?.revision ?? 0 })
  }
  function doubtsOf(): readonly SaveDoubt[] {
    if (!editing || !draft || draft.of !== 'rule') return []
    const failing = failingCases(editing.state.cases, verdictsOf(editing))
    const changesRows = draft.base === null || !isSameCondition(draft.base.when, draft.when)
    return [
      ...(changesRows && !isSeen ? [{ kind: 'unseen' } as const] : []),
      ...(failing > 0 ? [{ kind: 'cases', failing } as const] : []),
    ]
  }
  function itemsOf(): readonly ListItem[] {
    const changed = new Map(dirty.map(one => [one.id, one]))
    const hits = new Map(dry.result?.byRule.map(one => [one.rule, one.hits]))
    const item = (id: string, name: string, active: boolean | null, isNew: boolean): ListItem => ({
      ...{ id, active, isNew, isDirty: changed.has(id), hits: hits.get(id) ?? null },
      name: changed.get(id)?.name ?? name,
      findings: findings.filter(({ rule }) => rule === id).length,
    })
    const of = kind === 'rules' ? 'rule' : 'preset'
    const kept: readonly { id: string; name: string; active?: boolean }[] = kind === 'rules' ? book.rules : book.presets
    const made = dirty.filter(one => one.of === of && !kept.some(({ id }) => id === one.id))
    return [
      ...kept.map(one => item(one.id, one.name, one.active ?? null, false)),
      ...made.map(one => item(one.id, one.name, of === 'rule' ? true : null, true)),
    ]
  }
  const keepAsCase = (cells: Cells, excluded: boolean) => {
    if (!editing || draft?.of !== 'rule') return
    const { cases } = editing.state
    const name = t('colorRules.caseName', { count: cases.length + 1 })
    editing.edit({ cases: [...cases, { id: crypto.randomUUID(), name, cells: { ...cells }, excluded }] })
    setParams({ side: 'cases' })
  }

  const items = itemsOf()
  const at = items.findIndex(item => item.id === chosen)
  const toggle = (id: string) => {
    const rule = book.rules.find(one => one.id === id)
    if (rule) void actions.toggle(rule)
  }
  const acts = {
    onNew: add,
    onToggle: toggle,
    onMove: (id: string, by: -1 | 1) => void actions.move(id, by),
    onDuplicate: duplicate,
    onRemove: (id: string) => void remove(id),
  }
  return (
    <div className={css.panel}>
      <div className={css.desk}>
        <nav className={css.left} aria-label={t('colorRules.lists')}>
          <div className={css.leftHead}>
            <Choice
              label={t('colorRules.lists')}
              value={kind}
              options={[
                { value: 'rules', label: t('colorRules.rules') },
                { value: 'presets', label: t('colorRules.presets'), hint: t('colorRules.presetsHint') },
              ]}
              onChange={next => setParams({ list: next, rule: null })}
            />
            <FileTools book={book} canEdit={canEdit} onFile={setFile} />
          </div>
          <ListTools item={items[at] ?? null} isFirst={at <= 0} isLast={at === items.length - 1} canEdit={canEdit} {...acts} />
          <RuleList
            handle={list}
            label={t(kind === 'rules' ? 'colorRules.rules' : 'colorRules.presets')}
            items={items}
            chosen={chosen}
            canEdit={canEdit}
            onChoose={choose}
            onOpen={() => editor.current?.focusTree()}
            {...acts}
          />
          {canEdit ? null : <p className={css.mayNot}>{t('colorRules.mayNot')}</p>}
        </nav>
        <div className={css.middle}>
          {file ? (
            <FileReport
              key={file.name}
              file={file}
              book={book}
              onClose={() => setFile(null)}
              onTake={async taken => {
                if (await actions.takeFile(taken)) setFile(null)
              }}
            />
          ) : null}
          {editing ? (
            <RuleEditor
              handle={editor}
              editing={editing}
              rules={rules}
              findings={ownFindings}
              answers={answers}
              canEdit={canEdit}
              doubts={doubts}
              load={load}
              isBusy={dry.isBusy}
              onDryRun={dryRun}
              onSave={anyway => void save(anyway)}
              onForgetDoubts={() => setDoubts(null)}
              onLeave={() => list.current?.focus()}
            />
          ) : (
            <Empty
              title={t(
                items.length === 0
                  ? kind === 'rules'
                    ? 'colorRules.emptyTitle'
                    : 'colorRules.noPresets'
                  : 'colorRules.chooseOne',
              )}
              action={
                canEdit ? { label: t(kind === 'rules' ? 'colorRules.newRule' : 'colorRules.newPreset'), run: add } : undefined
              }
            >
              {t(kind === 'rules' ? 'colorRules.emptyAbout' : 'colorRules.presetsHint')}
            </Empty>
          )}
        </div>
        <SideTabs
          side={side}
          onSide={next => setParams({ side: next })}
          editing={editing}
          rules={rules}
          version={book.version}
          canEdit={canEdit}
          dry={dry}
          days={days}
          isStale={!isSeen}
          onDays={next => setParams({ days: next })}
          onDryRun={dryRun}
          onSave={canEdit && isSeen && editing?.isDirty && draft?.of === 'rule' ? () => void save(false) : null}
          why={why}
          known={known}
          onWhy={row => setParams({ why: row, side: 'why' })}
          onChoose={id => setParams({ rule: id, list: 'rules' })}
          onKeep={keepAsCase}
          onBack={(version, rule, text) => void actions.rollback(version, rule, text)}
        />
      </div>
    </div>
  )
}
