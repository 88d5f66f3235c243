import { Menu } from '@mantine/core'
import { Fragment } from 'react'
import { createPortal } from 'react-dom'

/** One line of a menu. */
export interface GridAction {
  readonly label: string
  /** Shortcut shown at the right, where there is one. */
  readonly keys?: string
  readonly isChecked?: boolean
  readonly isDanger?: boolean
  readonly isOff?: boolean
  /** A line is drawn where the section changes. */
  readonly section?: string
  /** The menu stays open, as for a list of check marks. */
  readonly staysOpen?: boolean
  run(): void
}

/** A menu at a point of the page, such as where the pointer was or beside the cell that has the keyboard. */
export function MenuAt({
  at,
  actions,
  label,
  onClose,
}: {
  at: { readonly x: number; readonly y: number }
  actions: readonly GridAction[]
  label: string
  onClose(): void
}) {
  // At the end of the page: inside a panel that is contained or moved, a fixed place would be counted from the panel.
  return createPortal(
    <Menu opened onChange={open => !open && onClose()} position="bottom-start" offset={2} withinPortal shadow="md">
      <Menu.Target>
        <span style={{ position: 'fixed', left: at.x, top: at.y, width: 1, height: 1 }} />
      </Menu.Target>
      <Menu.Dropdown aria-label={label} mah="70vh" style={{ overflowY: 'auto' }}>
        {actions.map((action, k) => (
          <Fragment key={action.label}>
            {k > 0 && actions[k - 1]!.section !== action.section ? <Menu.Divider /> : null}
            <Menu.Item
              onClick={action.run}
              closeMenuOnClick={!action.staysOpen}
              disabled={action.isOff ?? false}
              {...(action.isDanger ? { color: 'red' } : {})}
              role={action.isChecked === undefined ? 'menuitem' : 'menuitemcheckbox'}
              {...(action.isChecked === undefined ? {} : { 'aria-checked': action.isChecked })}
              leftSection={
                action.isChecked === undefined ? undefined : <span aria-hidden="true">{action.isChecked ? '✓' : '\u2003'}</span>
              }
              rightSection={
                action.keys ? <kbd style={{ opacity: 0.7, font: 'inherit', fontSize: 11 }}>{action.keys}</kbd> : undefined
              }
            >
              {action.label}
            </Menu.Item>
          </Fragment>
        ))}
      </Menu.Dropdown>
    </Menu>,
    document.body,
  )
}
