import { useCallback, useEffect, useRef, useState } from 'react'
import type { ChainFrame, ChainSnapshot, UnderlyingState } from '../../contract/options.ts'
import { type StreamState, useDesk, useStream } from '../desk.tsx'

/** Every chain that can be shown; null until the host has said so. */
export function useUnderlyings(): { readonly chains: readonly UnderlyingState[] | null; readonly stream: StreamState } {
  const [chains, setChains] = useState<readonly UnderlyingState[] | null>(null)
  const stream = useStream(
    'options.underlyings',
    (desk, signal) => desk.options.underlyings(undefined, { signal }),
    ({ underlyings }) => setChains(underlyings),
  )
  return { chains, stream }
}

/** What is read of a chain. */
export interface ChainWish {
  /** Key of the chain; null reads nothing. */
  readonly underlying: string | null
  /** Expiries whose rows are wanted. */
  readonly expiries: readonly string[]
  /** A kept moment instead of now. */
  readonly at: string | null
  /** A panel that is looked at now and then lets the host send less: so long a frame is held before it is acknowledged. */
  readonly restMs?: number
}

/** A chain as it is now, or as it was at a kept moment. */
export interface ChainView {
  /** Null until the first frame of this chain came. */
  readonly frame: ChainFrame | null
  readonly snapshot: ChainSnapshot | null
  /** The line was lost, or the feed has gone: what is shown is the last that was heard. */
  readonly isCut: boolean
  readonly error: unknown
  retry(): void
}

interface Held {
  readonly name: string
  readonly frame: ChainFrame
  readonly snapshot: ChainSnapshot | null
}

/**
 * Reads a chain while the component is there.
 *
 * While other expiries are asked for, the frame before stays, so that nothing blinks. `onFrame` is called before the
 * frame is rendered, once an animation frame at most.
 */
export function useChain({ underlying, expiries, at, restMs = 0 }: ChainWish, onFrame?: (frame: ChainFrame) => void): ChainView {
  const desk = useDesk()
  const [held, setHeld] = useState<Held | null>(null)
  const [fault, setFault] = useState<unknown>(null)
  const [attempt, setAttempt] = useState(0)
  const heard = useRef(onFrame)
  heard.current = onFrame
  const wanted = [...expiries].sort()
  const name = `${underlying} ${at}`
  const key = underlying === null || at !== null ? null : `${underlying} ${wanted.join()}`
  const waiting = useRef<{ frame: number; rest: ReturnType<typeof setTimeout> | undefined }>({ frame: 0, rest: undefined })
  useEffect(() => {
    const { current } = waiting
    return () => {
      cancelAnimationFrame(current.frame)
      clearTimeout(current.rest)
    }
  }, [])

  const show = useCallback((next: Held) => {
    heard.current?.(next.frame)
    setHeld(next)
  }, [])
  const stream = useStream(
    key,
    (client, signal) => client.options.chain({ underlying: underlying ?? '', expiries: wanted }, { signal }),
    frame => {
      cancelAnimationFrame(waiting.current.frame)
      waiting.current.frame = requestAnimationFrame(() => {
        show({ name, frame, snapshot: null })
        // Told only once it is on screen, and by a patient panel later still: the host then sends less.
        clearTimeout(waiting.current.rest)
        const tell = () => void desk.options.acknowledge({ stream: frame.stream, seq: frame.seq }).catch(() => {})
        if (restMs > 0) waiting.current.rest = setTimeout(tell, restMs)
        else tell()
      })
    },
  )
  const moment = at === null ? null : `${at} ${wanted.join()}`
  // biome-ignore lint/correctness/useExhaustiveDependencies: a kept moment is asked for by its name and its expiries, and again on a retry
  useEffect(() => {
    setFault(null)
    if (at === null) return
    let isLeft = false
    desk.options
      .snapshot({ id: at, expiries: wanted })
      .then(({ frame, snapshot }) => {
        if (!isLeft) show({ name, frame, snapshot })
      })
      .catch(error => {
        if (!isLeft) setFault(error)
      })
    return () => {
      isLeft = true
    }
  }, [moment, desk, attempt, show])

  const isThis = held?.name === name
  const retry = useCallback(() => setAttempt(before => before + 1), [])
  return {
    frame: isThis ? held.frame : null,
    snapshot: isThis ? held.snapshot : null,
    isCut: at === null && isThis && (stream.phase === 'waiting' || stream.phase === 'failed'),
    error: at === null ? (stream.phase === 'opening' || stream.phase === 'open' ? null : stream.error) : fault,
    retry: at === null ? stream.retry : retry,
  }
}
