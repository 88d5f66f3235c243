import { Button, Menu } from '@mantine/core'
import type { SessionView } from '../../../contract/color-sessions.ts'
import { PX_DIRECTIONS } from '../../../core/color/order.ts'
import { IconButton } from '../../ui/form.tsx'
import { Icon } from '../../ui/icons.tsx'
import { useText } from '../../ui/text.ts'
import css from './session.module.css'
import type { SessionActions } from './session-actions.ts'
import type { AsideKind } from './session-aside.tsx'
import { commandWords } from './session-words.ts'
import type { UndoNames } from './undo-names.ts'

const TOOLS = ['rules', 'sort', 'merge', 'notes', 'history'] as const

/** What can be done to the session as a whole. */
export function SessionBar({
  session,
  names,
  actions,
  mayChange,
  aside,
  onAside,
  onLeave,
}: {
  session: SessionView
  names: UndoNames
  actions: SessionActions
  mayChange: boolean
  aside: AsideKind['kind'] | null
  onAside(aside: AsideKind | null): void
  onLeave(): void
}) {
  const { t } = useText()
  const said = (side: 'undo' | 'redo') => {
    const entry = names[side]
    if (!session[side]) return t(side === 'undo' ? 'colorSession.undoNothing' : 'colorSession.redoNothing')
    // Until the history was read only the kind is known.
    const known =
      entry && entry.kind === session[side] ? entry : { at: 0, user: '', kind: session[side], rows: 0, field: null, text: null }
    const what = known === entry ? commandWords(known, t) : t('colorSession.lastStep')
    return t(side === 'undo' ? 'colorSession.undoNamed' : 'colorSession.redoNamed', { what })
  }
  const turn = (kind: (typeof TOOLS)[number]) => () =>
    onAside(aside === kind ? null : kind === 'notes' ? { kind, rowId: null } : { kind })
  return (
    <div className={css.bar} role="toolbar" aria-label={session.name}>
      <button type="button" className={css.back} onClick={onLeave} title={t('colorSession.allSessions')}>
        ‹ {t('colorSession.all')}
      </button>
      <strong className={css.sessionName} title={session.name}>
        {session.name}
      </strong>
      <span className={css.group}>
        <IconButton
          icon="undo"
          label={`${said('undo')} (Ctrl+Z)`}
          disabled={!mayChange || !session.undo}
          onClick={actions.undo}
        />
        <IconButton
          icon="redo"
          label={`${said('redo')} (Ctrl+Y)`}
          disabled={!mayChange || !session.redo}
          onClick={actions.redo}
        />
        <span className={css.undoName} title={said('undo')}>
          {session.undo ? said('undo') : ''}
        </span>
      </span>
      <span className={css.push} />
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <button type="button" className={css.tool} title={t('colorSession.hint.PX')} disabled={!mayChange}>
            PX: {t(`colorSession.px.${session.direction}`)} <Icon name="down" size={10} />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {PX_DIRECTIONS.map(value => (
            <Menu.Item key={value} onClick={() => actions.turnPrices(value)} fw={value === session.direction ? 600 : 400}>
              {t(`colorSession.px.${value}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {mayChange ? (
        <button
          type="button"
          className={css.tool}
          aria-pressed={aside === 'add'}
          title={`${t('colorSession.addRow')} (Insert)`}
          onClick={() => onAside(aside === 'add' ? null : { kind: 'add', rows: null })}
        >
          <Icon name="plus" size={11} /> {t('colorSession.add')}
        </button>
      ) : null}
      {TOOLS.map(kind => (
        <button
          key={kind}
          type="button"
          className={css.tool}
          aria-pressed={aside === kind}
          onClick={turn(kind)}
          disabled={!mayChange && (kind === 'rules' || kind === 'sort' || kind === 'merge')}
        >
          {t(`colorSession.tool.${kind}`)}
          {kind === 'notes' && session.notes.length > 0 ? <span className={css.count}>{session.notes.length}</span> : null}
        </button>
      ))}
      <Button
        size="compact-sm"
        variant={aside === 'publish' ? 'light' : 'filled'}
        onClick={() => onAside(aside === 'publish' ? null : { kind: 'publish' })}
      >
        {t(mayChange ? 'colorSession.publishOpen' : 'colorSession.previewOpen')}
      </Button>
    </div>
  )
}
