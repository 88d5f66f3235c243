// biome-ignore-all lint/correctness/noChildrenProp: written without JSX, and the providers need their children by type
/// <reference path="../../src/renderer/css.d.ts" />
import '@fontsource-variable/inter'
import '@mantine/core/styles.css'
import '../../src/renderer/ui/tokens.css'
import '../../src/renderer/ui/base.css'
import 'react-querybuilder/dist/query-builder.css'
import { MantineProvider } from '@mantine/core'
import { createElement, type FunctionComponent, useMemo, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { QueryBuilder, type RuleGroupType, type RuleType } from 'react-querybuilder'
import { COLOR_FIELDS } from '../../src/core/color/color-columns.ts'
import type { Condition } from '../../src/core/rules/condition.ts'
import { OPERATORS } from '../../src/core/rules/operators.ts'
import { rulesWith } from '../../src/renderer/color/rules/draft.ts'
import { RuleEditor } from '../../src/renderer/color/rules/rule-editor.tsx'
import { useChecks } from '../../src/renderer/color/rules/use-checks.ts'
import type { KeptDrafts } from '../../src/renderer/color/rules/use-editing.ts'
import { useEditing } from '../../src/renderer/color/rules/use-editing.ts'
import { createKeyMeter, type KeyMeter } from './key-meter.ts'
import { manyNodes } from './tree.ts'

declare global {
  interface Window {
    keyMeter: KeyMeter
  }
}

const search = new URLSearchParams(location.search)
const when = manyNodes(Number(search.get('nodes') ?? 500))
const nothing = () => {}
const NO_DRAFTS: KeptDrafts = {}
const book = {
  rules: [{ id: 'bench', name: 'Bench', priority: 1, active: true, when, cases: [], revision: 1 }],
  presets: [],
  version: 1,
}

/** The page's own editor with what it does at every letter: draft, sentence, checks. */
function Ours() {
  const { editing, dirty } = useEditing(book, 'bench', NO_DRAFTS, nothing)
  const rules = useMemo(() => rulesWith(book, dirty), [dirty])
  const findings = useChecks(rules)
  if (!editing) return null
  return createElement(RuleEditor, {
    ...{ editing, rules, findings, answers: null, canEdit: true, doubts: null, isBusy: false, handle: null },
    ...{ onDryRun: nothing, onSave: nothing, onForgetDoubts: nothing, onLeave: nothing },
    load: () => Promise.resolve([]),
  })
}

let lastId = 0
function queryOf(condition: Condition, not = false): RuleGroupType | RuleType {
  const id = `n${lastId++}`
  if (condition.kind === 'test') return { id, field: condition.field, operator: condition.operator, value: condition.value }
  if (condition.kind === 'not') return queryOf(condition.of, true)
  return { id, combinator: condition.kind === 'all' ? 'and' : 'or', not, rules: condition.of.map(part => queryOf(part)) }
}

const fields = COLOR_FIELDS.map(({ name }) => ({ name, label: name }))
const operators = OPERATORS.map(({ name }) => ({ name, label: name }))

interface PeerProps {
  readonly query: RuleGroupType
  onQueryChange(next: RuleGroupType): void
  readonly fields: readonly { name: string; label: string }[]
  readonly operators: readonly { name: string; label: string }[]
  readonly showNotToggle: boolean
}
// Its own type does not go through createElement with exact optional properties.
const Peer = QueryBuilder as unknown as FunctionComponent<PeerProps>

function Theirs() {
  const [query, setQuery] = useState(() => queryOf(when) as RuleGroupType)
  return createElement(Peer, { query, onQueryChange: setQuery, fields, operators, showNotToggle: true })
}

window.keyMeter = createKeyMeter()
const place = document.getElementById('root')
if (!place) throw new Error('page.html has no element #root')
const shown = search.get('peer') === '1' ? createElement(Theirs) : createElement(Ours)
createRoot(place).render(
  createElement(MantineProvider, {
    forceColorScheme: 'dark',
    children: createElement('div', { style: { position: 'fixed', inset: 0, overflow: 'auto', display: 'grid' } }, shown),
  }),
)
