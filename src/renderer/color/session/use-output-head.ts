import { useEffect, useState } from 'react'
import type { SessionView } from '../../../contract/color-sessions.ts'
import { useDesk } from '../../desk.tsx'
import { readDelimited } from './paste-cells.ts'

const LINES = 40

interface OutputHead {
  /** Names of the columns; null until they are there. */
  readonly head: readonly string[] | null
  readonly rows: readonly (readonly string[])[]
  readonly fault: unknown
}

const NOTHING: OutputHead = { head: null, rows: [], fault: null }

function textOf(base64: string, decoder: TextDecoder): string {
  return decoder.decode(
    Uint8Array.from(atob(base64), sign => sign.charCodeAt(0)),
    { stream: true },
  )
}

/** The first lines of the output, read from the file that would be written; the rest of it is not asked for. */
export function useOutputHead({ id, revision, statistics: { working } }: SessionView): OutputHead {
  const desk = useDesk()
  const [output, setOutput] = useState(NOTHING)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each revision has another output
  useEffect(() => {
    if (working === 0) return
    const stop = new AbortController()
    const read = async () => {
      const decoder = new TextDecoder()
      let text = ''
      for await (const piece of await desk.color.sessions.export({ session: id, format: 'csv' }, { signal: stop.signal })) {
        text += textOf(piece.base64, decoder)
        if (text.split('\n').length > LINES + 2) break
      }
      const [head = [], ...rows] = readDelimited(text, ',')
      if (!stop.signal.aborted) setOutput({ head, rows: rows.slice(0, LINES), fault: null })
    }
    read()
      .catch(fault => !stop.signal.aborted && setOutput({ ...NOTHING, fault }))
      .finally(() => stop.abort())
    return () => stop.abort()
  }, [desk, id, revision, working])
  return output
}
