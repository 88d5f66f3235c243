import { describe, expect, test } from 'vitest'
import type { Notice } from '../../src/main/notices.ts'
import { createNotifier } from '../../src/main/shell/notifications.ts'
import { electronDouble } from './electron-double.ts'

const notice = (key: string, more: Partial<Notice> = {}): Notice => ({
  ...{
    key,
    title: 'Butterfly',
    body: 'SPY 19 Jan violates by 0.12.',
    urgency: 'normal',
    link: { panel: 'anomalies', symbol: 'SPY' },
  },
  ...more,
})

function notifier() {
  const { electron, kept } = electronDouble()
  const shown: object[] = []
  return { notify: createNotifier(electron, link => void shown.push(link)), all: kept.notifications, shown }
}

describe('a notice outside of the page', () => {
  test('leads to what it is about', () => {
    const { notify, all, shown } = notifier()
    notify(notice('a'))
    expect(all[0]!.options).toMatchObject({ title: 'Butterfly', body: 'SPY 19 Jan violates by 0.12.', silent: false })
    all[0]!.emit('click')
    expect(shown).toEqual([{ panel: 'anomalies', symbol: 'SPY' }])
  })

  test('takes the place of an earlier one of its key', () => {
    const { notify, all } = notifier()
    notify(notice('a'))
    notify(notice('a', { body: 'Gone.' }))
    expect(all.map(({ closed }) => closed)).toEqual([true, false])
  })

  test('is held back in a storm, unless it is critical', () => {
    const { notify, all } = notifier()
    for (let i = 0; i < 30; i++) notify(notice(`n${i}`))
    expect(all).toHaveLength(4)
    notify(notice('halt', { urgency: 'critical' }))
    expect(all).toHaveLength(5)
    all[0]!.emit('close')
    all[1]!.emit('click')
    notify(notice('later'))
    expect(all).toHaveLength(6)
  })
})
