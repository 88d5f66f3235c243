import { Button, Menu } from '@mantine/core'
import { useEffect, useReducer, useState } from 'react'
import type { OutputsView } from '../../../contract/color-outputs.ts'
import { Choice } from '../../options/choice.tsx'
import type { PanelProps } from '../../panels.ts'
import type { GridLayout } from '../../ui/grid.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Failure, Loading } from '../../ui/states.tsx'
import { useText } from '../../ui/text.ts'
import { MailView } from './mail-view.tsx'
import { OutboxView } from './outbox-view.tsx'
import css from './outputs.module.css'
import { newTarget, TARGET_KINDS } from './target-drafts.ts'
import { TargetsView } from './targets-view.tsx'
import { type TargetDraft, useOutputRights, useOutputs } from './use-outputs.ts'

const VIEWS = ['targets', 'mail', 'outbox'] as const
export const SHOWN = ['all', 'open', 'failed'] as const

/** What an outputs panel remembers. */
export interface OutputsParams {
  readonly view?: (typeof VIEWS)[number]
  readonly show?: (typeof SHOWN)[number]
  readonly target?: string | null
  readonly delivery?: string | null
  readonly layout?: GridLayout
}

/** Where published runs go: targets, the mail about them, and what became of each delivery. */
export function Panel({ params, setParams, setTitle }: PanelProps<OutputsParams>) {
  const { t } = useText()
  const { view, stream } = useOutputs()
  // Countdowns to the next try move on between two changes.
  const [, tick] = useReducer((n: number) => n + 1, 0)
  useEffect(() => {
    const timer = setInterval(tick, 5000)
    return () => clearInterval(timer)
  }, [])
  useEffect(() => setTitle(t('panel.color-outputs')), [setTitle, t])
  if (stream.phase === 'failed') return <Failure error={stream.error} retry={stream.retry} />
  if (!view)
    return stream.error ? <Failure error={stream.error} retry={stream.retry} /> : <Loading waitsFor={t('outputs.wait')} />
  return <Outputs view={view} params={params} setParams={setParams} />
}

function Outputs({
  view,
  params,
  setParams,
}: {
  view: OutputsView
  params: OutputsParams
  setParams(patch: Partial<OutputsParams>): void
}) {
  const { t } = useText()
  const { maySetUp } = useOutputRights()
  const [editing, setEditing] = useState<TargetDraft | null>(null)
  const shown = VIEWS.find(known => known === params.view) ?? 'targets'
  const begin = (kind: (typeof TARGET_KINDS)[number]) => setEditing(newTarget(kind, t(`outputs.kind.${kind}`), view.targets))
  const failed = view.deliveries.filter(({ state }) => state === 'failed').length
  return (
    <section className={css.panel} aria-label={t('panel.color-outputs')}>
      <div className={css.tools}>
        <Choice
          label={t('outputs.view')}
          value={shown}
          options={VIEWS.map(value => ({ value, label: t(`outputs.view.${value}`) }))}
          onChange={next => setParams({ view: next })}
        />
        {shown === 'outbox' || failed === 0 ? null : (
          <button type="button" className={css.link} onClick={() => setParams({ view: 'outbox', show: 'failed' })}>
            <Icon name="warning" size={12} />
            {t('outputs.outbox.failed', { count: failed })}
          </button>
        )}
        {shown === 'targets' && maySetUp ? <NewTarget onNew={begin} /> : null}
        {maySetUp || shown === 'outbox' ? null : <span className={css.keys}>{t('outputs.setupOnly')}</span>}
        {shown === 'outbox' ? <OutboxTools view={view} params={params} setParams={setParams} /> : null}
      </div>
      {shown === 'targets' ? (
        <TargetsView
          view={view}
          editing={editing}
          chosen={params.target ?? null}
          onChoose={target => setParams({ target })}
          onEdit={setEditing}
          onNew={begin}
        />
      ) : null}
      {shown === 'mail' ? <MailView view={view} /> : null}
      {shown === 'outbox' ? <OutboxView view={view} params={params} setParams={setParams} /> : null}
    </section>
  )
}

function NewTarget({ onNew }: { onNew(kind: (typeof TARGET_KINDS)[number]): void }) {
  const { t } = useText()
  return (
    <span className={css.right}>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button size="compact-sm" leftSection={<Icon name="plus" size={12} />}>
            {t('outputs.add')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {TARGET_KINDS.map(kind => (
            <Menu.Item key={kind} onClick={() => onNew(kind)}>
              {t(`outputs.kind.${kind}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </span>
  )
}

function OutboxTools({
  view,
  params,
  setParams,
}: {
  view: OutputsView
  params: OutputsParams
  setParams(patch: Partial<OutputsParams>): void
}) {
  const { t } = useText()
  return (
    <>
      <Choice
        label={t('outputs.outbox.show')}
        value={params.show ?? 'all'}
        options={SHOWN.map(value => ({ value, label: t(`outputs.outbox.show.${value}`) }))}
        onChange={show => setParams({ show })}
      />
      <span className={css.count} role="status">
        {t('outputs.outbox.count', { count: view.deliveries.length })}
      </span>
      <span className={css.keys}>{t('outputs.outbox.keys')}</span>
    </>
  )
}
