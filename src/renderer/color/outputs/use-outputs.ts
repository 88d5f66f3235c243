import { useCallback, useMemo, useState } from 'react'
import type { OutputsView, OutputTarget, OutputTargetView } from '../../../contract/color-outputs.ts'
import type { Client } from '../../../contract/index.ts'
import { type StreamState, useDesk, useHello, useStream } from '../../desk.tsx'
import { notifyFault } from '../../ui/notice-fault.ts'
import { notify } from '../../ui/notice-store.ts'
import { useText } from '../../ui/text.ts'

/** Targets, mail and outbox, followed as they change. */
export function useOutputs(): { readonly view: OutputsView | null; readonly stream: StreamState } {
  const [view, setView] = useState<OutputsView | null>(null)
  const stream = useStream('color-outputs', (desk, signal) => desk.color.outputs.watch(undefined, { signal }), setView)
  return { view, stream }
}

/** What this account may do: decide where output goes, and work with the outbox. */
export function useOutputRights(): { readonly maySetUp: boolean; readonly mayWork: boolean } {
  const rights = useHello()?.mayWrite ?? []
  return { maySetUp: rights.includes('color-setup'), mayWork: rights.includes('color') }
}

/** A target that is being written, and its secret where one was typed. */
export interface TargetDraft {
  readonly id: string | null
  readonly revision: number
  readonly name: string
  readonly target: OutputTarget
}

/** What a person can do to outputs; faults are said at the side, and then the answer is null or false. */
export interface OutputActions {
  save(draft: TargetDraft, secret: string): Promise<OutputTargetView | null>
  enable(one: OutputTargetView, enabled: boolean): void
  remove(one: { readonly id: string; readonly name: string }): Promise<boolean>
  saveMail(input: Parameters<Client['color']['outputs']['saveMail']>[0], secret: string): Promise<number | null>
  send(run: string, target: string, to: readonly string[]): Promise<boolean>
  retry(delivery: string): void
  cancel(delivery: string): void
}

export function useOutputActions(): OutputActions {
  const desk = useDesk()
  const { t } = useText()
  const attempt = useCallback(async <T>(work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work()
    } catch (fault) {
      notifyFault(fault)
      return null
    }
  }, [])
  return useMemo(() => {
    const { outputs } = desk.color
    const save: OutputActions['save'] = ({ id, revision, name, target }, secret) =>
      attempt(async () => {
        const saved = (await outputs.save({ id, revision, name, target })).target
        if (secret !== '') await outputs.setSecret({ id: saved.id, value: secret })
        notify({ tone: 'good', text: t('outputs.saved', { name: saved.name }) })
        return saved
      })
    return {
      save,
      enable: ({ id, revision, name, target }, enabled) =>
        void attempt(() => outputs.save({ id, revision, name, target: { ...target, enabled } })),
      remove: async ({ id, name }) =>
        (await attempt(async () => {
          await outputs.remove({ id })
          notify({ tone: 'info', text: t('outputs.removed', { name }) })
          return true
        })) ?? false,
      saveMail: (input, secret) =>
        attempt(async () => {
          if (secret !== '') await outputs.setSecret({ id: 'mail', value: secret })
          const { revision } = await outputs.saveMail(input)
          notify({ tone: 'good', text: t('outputs.saved', { name: t('outputs.kind.mail') }) })
          return revision
        }),
      send: async (run, target, to) =>
        (await attempt(async () => {
          await outputs.send({ run, target, to: [...to] })
          notify({ tone: 'good', text: t('outputs.mail.queued') })
          return true
        })) ?? false,
      retry: delivery => void attempt(() => outputs.retry({ delivery })),
      cancel: delivery => void attempt(() => outputs.cancel({ delivery })),
    }
  }, [desk, t, attempt])
}
