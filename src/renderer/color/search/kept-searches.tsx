import { Button, Menu, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { ColorQuery } from '../../../contract/color-search.ts'
import { useDesk } from '../../desk.tsx'
import { useFormat } from '../../ui/format.ts'
import { notifyFault } from '../../ui/notice-fault.ts'
import { notify } from '../../ui/notice-store.ts'
import { useText } from '../../ui/text.ts'
import { EVERYTHING } from './use-search.ts'

type Kept = Awaited<ReturnType<ReturnType<typeof useDesk>['color']['search']['saved']>>

/** Searches that were made last. */
const LAST = 8

/** Searches kept by name for everybody, and the last ones of whoever asks. */
export function KeptSearches({ query, onTake }: { query: ColorQuery; onTake(query: ColorQuery): void }) {
  const { t } = useText()
  const format = useFormat()
  const desk = useDesk()
  const [kept, setKept] = useState<Kept | null>(null)
  const [name, setName] = useState('')
  const read = () => void desk.color.search.saved().then(setKept, notifyFault)
  const save = () => {
    const known = kept?.saved.find(one => one.name.toLowerCase() === name.trim().toLowerCase())
    const search = { id: known?.id ?? crypto.randomUUID(), name: name.trim(), revision: known?.revision ?? 0, query }
    desk.color.search.save({ search }).then(() => {
      notify({ tone: 'good', text: t('colorSearch.saved', { name: name.trim() }) })
      setName('')
      read()
    }, notifyFault)
  }
  const remove = (search: string) => void desk.color.search.remove({ search }).then(read, notifyFault)
  return (
    <Menu onOpen={read} closeOnItemClick width={300}>
      <Menu.Target>
        <Button size="compact-sm" variant="default">
          {t('colorSearch.kept')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('colorSearch.byName')}</Menu.Label>
        {kept?.saved.map(one => (
          <Menu.Item
            key={one.id}
            onClick={() => onTake({ ...EVERYTHING, ...one.query })}
            onKeyDown={event => event.key === 'Delete' && remove(one.id)}
            title={t('colorSearch.removeHint')}
          >
            {one.name}
          </Menu.Item>
        ))}
        <form
          onSubmit={event => {
            event.preventDefault()
            if (name.trim() !== '') save()
          }}
        >
          <TextInput
            size="xs"
            m={4}
            aria-label={t('colorSearch.saveAs')}
            placeholder={t('colorSearch.saveAs')}
            value={name}
            onChange={event => setName(event.currentTarget.value)}
          />
        </form>
        {kept && kept.history.length > 0 ? <Menu.Label>{t('colorSearch.last')}</Menu.Label> : null}
        {kept?.history.slice(0, LAST).map(one => (
          <Menu.Item
            key={one.at}
            onClick={() => onTake({ ...EVERYTHING, ...one.query })}
            rightSection={<small>{format.whole(one.total)}</small>}
          >
            {one.query.text || one.query.cusips.join(', ') || t('colorSearch.condition')}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
