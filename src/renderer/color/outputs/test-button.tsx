import { Button } from '@mantine/core'
import { useRef, useState } from 'react'
import { runReason } from '../../../contract/schedule.ts'
import { tell } from '../../ui/fault.ts'
import { useFormat } from '../../ui/format.ts'
import { useText } from '../../ui/text.ts'
import css from './outputs.module.css'

/** Tries what is written, and says beside itself what came of it. */
export function TestButton({
  kind,
  disabled,
  run,
}: {
  kind: 'folder' | 's3' | 'database' | 'mail'
  disabled: boolean
  run(): Promise<{ readonly why: string | null; readonly seconds: number }>
}) {
  const { t, language } = useText()
  const format = useFormat()
  const [found, setFound] = useState<{ readonly ok: boolean; readonly text: string } | null>(null)
  const [isBusy, setBusy] = useState(false)
  const asked = useRef(0)
  const test = async () => {
    const turn = ++asked.current
    setBusy(true)
    setFound(null)
    const result = await run().then(
      ({ why, seconds }) =>
        why === null
          ? { ok: true, text: t(`outputs.tested.${kind}`, { time: format.duration(seconds) }) }
          : { ok: false, text: runReason(why, language) },
      fault => ({ ok: false, text: tell(fault, language).sentence }),
    )
    if (turn !== asked.current) return
    setBusy(false)
    setFound(result)
  }
  return (
    <div className={css.test}>
      <Button size="compact-sm" variant="default" disabled={disabled || isBusy} onClick={() => void test()}>
        {t(isBusy ? 'outputs.testing' : 'outputs.test')}
      </Button>
      <span role="status" className={css.tested} data-ok={found?.ok}>
        {found ? `${found.ok ? '✓' : '✕'} ${found.text}` : ''}
      </span>
    </div>
  )
}
