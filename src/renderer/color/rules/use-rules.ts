import { useCallback, useMemo, useState } from 'react'
import type { KeptRule, Preset, RuleBook } from '../../../contract/color-rules.ts'
import { useDesk, useHello, useStream } from '../../desk.tsx'
import { notifyFault } from '../../ui/notice-fault.ts'
import { notify } from '../../ui/notice-store.ts'
import { useText } from '../../ui/text.ts'
import { movedPriorities } from './draft.ts'

/** The rules and presets as they are kept, and again with every change by anybody. */
export function useRuleBook() {
  const [book, setBook] = useState<RuleBook | null>(null)
  const take = useCallback((next: RuleBook) => setBook(known => (known && known.version > next.version ? known : next)), [])
  const stream = useStream('color:rules', (desk, signal) => desk.color.rules.watch(undefined, { signal }), take)
  return { book, stream, take }
}

/** Whether this person may change rules. */
export function useMayEdit(): boolean {
  return useHello()?.mayWrite.includes('color') ?? false
}

const codeOf = (fault: unknown) => (fault as { code?: unknown } | null)?.code

/** What is done to kept rules; each says what it did with a way back, and false where the host refused. */
export function useRuleActions(book: RuleBook, take: (book: RuleBook) => void) {
  const desk = useDesk()
  const { t } = useText()
  return useMemo(() => {
    const attempt = async (run: () => Promise<{ book: RuleBook }>): Promise<boolean> => {
      try {
        take((await run()).book)
        return true
      } catch (fault) {
        // The newer state is on its way, and the editor says what to do with it.
        if (codeOf(fault) === 'CONFIG_CHANGED') await desk.color.rules.list().then(take, () => {})
        notifyFault(fault)
        return false
      }
    }
    const say = (text: string, back: () => Promise<{ book: RuleBook }>) => {
      const undo = { label: t('colorRules.undo'), run: () => void attempt(back) }
      notify({ tone: 'good', text, key: 'color-rules', actions: [undo], seconds: 12 })
    }
    const rules = desk.color.rules
    const save = (list: readonly KeptRule[], anyway: boolean) => attempt(() => rules.save({ rules: [...list], anyway }))
    return {
      save,
      savePreset: (preset: Preset) => attempt(() => rules.savePreset({ preset })),
      async remove(rule: KeptRule) {
        const { version } = book
        if (!(await attempt(() => rules.remove({ rules: [rule.id] })))) return false
        say(t('colorRules.removed', { name: rule.name }), () => rules.rollback({ version, rule: rule.id }))
        return true
      },
      async removePreset(preset: Preset) {
        if (!(await attempt(() => rules.removePreset({ preset: preset.id })))) return false
        say(t('colorRules.removed', { name: preset.name }), () => rules.savePreset({ preset: { ...preset, revision: 0 } }))
        return true
      },
      async toggle(rule: KeptRule) {
        const { version } = book
        if (!(await save([{ ...rule, active: !rule.active }], true))) return
        say(t(rule.active ? 'colorRules.turnedOff' : 'colorRules.turnedOn', { name: rule.name }), () =>
          rules.rollback({ version, rule: rule.id }),
        )
      },
      async move(id: string, by: -1 | 1) {
        const moved = movedPriorities(book.rules, id, by)
        const changed = moved.map(({ id: one, priority }) => ({ ...book.rules.find(rule => rule.id === one)!, priority }))
        if (changed.length > 0) await save(changed, true)
      },
      async rollback(version: number, rule: string | null, text: string) {
        const before = book.version
        if (!(await attempt(() => rules.rollback({ version, rule })))) return
        say(text, () => rules.rollback({ version: before, rule }))
      },
      async takeFile(list: readonly KeptRule[]) {
        const before = book.version
        if (!(await save(list, false))) return false
        say(t('colorRules.imported', { count: list.length }), () => rules.rollback({ version: before, rule: null }))
        return true
      },
    }
  }, [book, desk, take, t])
}
