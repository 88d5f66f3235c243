import { Button, Select } from '@mantine/core'
import { useState } from 'react'
import type { SessionView } from '../../../contract/color-sessions.ts'
import { COLOR_COLUMNS } from '../../../core/color/color-columns.ts'
import { useText } from '../../ui/text.ts'
import css from './session.module.css'
import type { SessionActions } from './session-actions.ts'
import { columnWords } from './session-words.ts'

const QUICK = ['RANK', 'DATE', 'PX'] as const

/** By what the groups are shown; children stay under their parent. */
export function SortSide({ session, actions }: { session: SessionView; actions: SessionActions }) {
  const { t } = useText()
  const [field, setField] = useState<string>(session.sort?.field ?? 'RANK')
  const [order, setOrder] = useState<'rising' | 'falling'>(session.sort?.order ?? 'rising')
  const sort = (by: string, way: 'rising' | 'falling') => {
    setField(by)
    setOrder(way)
    actions.sort({ column: by, direction: way === 'rising' ? 'up' : 'down' })
  }
  return (
    <>
      <p className={css.words}>{t('colorSession.sortAbout')}</p>
      <div className={css.quick}>
        {QUICK.map((name, at) => (
          <Button
            key={name}
            {...(at === 0 ? { 'data-first': true } : {})}
            size="compact-sm"
            variant="default"
            onClick={() => sort(name, name === 'RANK' ? 'rising' : 'falling')}
          >
            {t(`colorSession.sortBy.${name}`)}
          </Button>
        ))}
      </div>
      <div className={css.pair}>
        <Select
          size="xs"
          label={t('colorSession.sortColumn')}
          value={field}
          allowDeselect={false}
          searchable
          data={COLOR_COLUMNS.map(({ name }) => ({ value: name, label: columnWords(name) }))}
          onChange={value => value && setField(value)}
        />
        <Select
          size="xs"
          label={t('colorSession.sortOrder')}
          value={order}
          allowDeselect={false}
          data={(['rising', 'falling'] as const).map(value => ({ value, label: t(`colorSession.order.${value}`) }))}
          onChange={value => value && setOrder(value === 'falling' ? 'falling' : 'rising')}
        />
      </div>
      <div className={css.actions}>
        <Button size="compact-sm" variant="filled" onClick={() => sort(field, order)}>
          {t('colorSession.sortNow')}
        </Button>
        <Button size="compact-sm" variant="default" disabled={!session.sort} onClick={() => actions.sort(null)}>
          {t('colorSession.sortUsual')}
        </Button>
      </div>
      <p className={css.words}>{t('colorSession.sortGroups', { px: t(`colorSession.px.${session.direction}`) })}</p>
    </>
  )
}
