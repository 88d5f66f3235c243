import { sentence } from '../../../contract/errors.ts'
import type { HostBus } from '../../topics.ts'
import type { Delivery } from './outbox.ts'
import type { Why } from './output-faults.ts'

/** Tells of a target that fails, once until something got there again: a person who knows need not hear of each try. */
export function createNotice(
  { bus, setting }: { readonly bus: Pick<HostBus, 'emit'>; readonly setting: (key: string) => unknown },
  nameOf: (target: string) => string,
): (delivery: Delivery, run: number, why: Why | null) => void {
  const told = new Set<string>()
  return ({ target }, run, why) => {
    if (!why) return void told.delete(target)
    if (told.has(target)) return
    told.add(target)
    const language = setting('language') === 'es' ? 'es' : 'en'
    const words = sentence(why.code, why.data, language)
    bus.emit('notices', {
      key: `color-output:${target}`,
      title: nameOf(target),
      body: sentence('DELIVERY_FAILED', { run: String(run), target: nameOf(target), why: words }, language),
      urgency: why.isFinal ? 'critical' : 'normal',
      link: { panel: 'color-outputs' },
    })
  }
}
