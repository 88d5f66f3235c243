import { Menu } from '@mantine/core'
import type { ReactNode } from 'react'
import { Icon } from '../ui/icons.tsx'
import { useText } from '../ui/text.ts'
import css from './chain.module.css'
import { CHAIN_COLUMNS, type ChainColumn, USUAL_COLUMNS } from './chain-columns.ts'
import { RANGES, type StrikeRange } from './chain-model.ts'
import { Choice } from './choice.tsx'

/** The choices of a chain: how expiries are laid out, how many strikes, which columns, and whether the money is followed. */
export function ChainBar({
  lead,
  layout,
  range,
  follows,
  columns,
  onLayout,
  onRange,
  onFollows,
  onColumns,
}: {
  lead: ReactNode
  layout: 'tabs' | 'stacked'
  range: StrikeRange
  follows: boolean
  columns: readonly ChainColumn[]
  onLayout(layout: 'tabs' | 'stacked'): void
  onRange(range: StrikeRange): void
  onFollows(follows: boolean): void
  onColumns(columns: readonly ChainColumn[] | null): void
}) {
  const { t } = useText()
  const flip = (column: ChainColumn) =>
    onColumns(columns.includes(column) ? columns.filter(other => other !== column) : [...columns, column])
  return (
    <div className={css.bar}>
      {lead}
      <span className={css.space} />
      <button
        type="button"
        className={css.button}
        aria-pressed={follows}
        title={t('chain.followHint')}
        onClick={() => onFollows(!follows)}
      >
        ◎ <span className={css.wide}>{t('chain.follow')}</span>
      </button>
      <Choice
        label={t('chain.range')}
        value={range ?? 0}
        options={RANGES.map(count => ({
          value: count ?? 0,
          label: count === null ? t('chain.allStrikes') : `±${count}`,
          hint: count === null ? t('chain.allStrikesHint') : t('chain.rangeHint', { count }),
        }))}
        onChange={count => onRange(RANGES.find(known => (known ?? 0) === count) ?? null)}
      />
      <Choice
        label={t('chain.layout')}
        value={layout}
        options={[
          { value: 'tabs', label: t('chain.tabs'), hint: t('chain.tabsHint') },
          { value: 'stacked', label: t('chain.stacked'), hint: t('chain.stackedHint') },
        ]}
        onChange={onLayout}
      />
      <Menu closeOnItemClick={false}>
        <Menu.Target>
          <button type="button" className={css.button} title={t('grid.columns')}>
            <span className={css.wide}>{t('chain.columns')}</span>
            <Icon name="down" size={11} />
          </button>
        </Menu.Target>
        <Menu.Dropdown mah="70vh" style={{ overflowY: 'auto' }}>
          {CHAIN_COLUMNS.map(column => (
            <Menu.CheckboxItem
              key={column}
              checked={columns.includes(column)}
              checkIcon={<Icon name="check" size={12} />}
              disabled={columns.length === 1 && columns[0] === column}
              title={t(`chain.hint.${column}`)}
              onChange={() => flip(column)}
            >
              {t(`chain.col.${column}`)}
            </Menu.CheckboxItem>
          ))}
          <Menu.Divider />
          <Menu.Item disabled={columns.join() === USUAL_COLUMNS.join()} onClick={() => onColumns(null)}>
            {t('grid.columnsReset')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}
