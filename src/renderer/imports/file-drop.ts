import { type RefObject, useEffect, useState } from 'react'
import { createStore, useStore } from 'zustand'

/** A file that was dropped somewhere and that an import panel has not taken yet. */
const offered = createStore<{ file: File | null }>(() => ({ file: null }))

/** Offers a file to the import panel: the one that is open takes it, else the next that opens. */
export function offerFile(file: File): void {
  offered.setState({ file })
}

/** The file that waits, and the function that takes it away. */
export function useOfferedFile(): [file: File | null, take: () => void] {
  return [useStore(offered, state => state.file), () => offered.setState({ file: null })]
}

/** Events that somebody further inside has taken. */
const claimed = new WeakSet<Event>()

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true

/** Takes files dropped on an element; says whether one is held over it now. Panels dragged about are left alone. */
export function useFileDrop(target: RefObject<HTMLElement | null>, onFile: (file: File) => void): boolean {
  const [isOver, setOver] = useState(false)
  useEffect(() => {
    const element = target.current
    if (!element) return
    const stop = new AbortController()
    const { signal } = stop
    let depth = 0 // entering a child comes before leaving its parent
    const on = (name: 'dragenter' | 'dragover' | 'dragleave' | 'drop', run: (event: DragEvent, isOurs: boolean) => void) =>
      element.addEventListener(
        name,
        event => {
          if (!hasFiles(event)) return
          event.preventDefault()
          // A panel hears of it before the page around it: what a panel takes, the page neither takes nor speaks of.
          const isOurs = !claimed.has(event)
          claimed.add(event)
          run(event, isOurs)
        },
        { signal },
      )
    on('dragenter', (_, isOurs) => {
      depth++
      setOver(isOurs)
    })
    on('dragover', (event, isOurs) => {
      setOver(isOurs)
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy'
    })
    on('dragleave', () => {
      depth = Math.max(0, depth - 1)
      if (depth === 0) setOver(false)
    })
    on('drop', (event, isOurs) => {
      depth = 0
      setOver(false)
      const file = event.dataTransfer?.files[0]
      if (file && isOurs) onFile(file)
    })
    return () => stop.abort()
  }, [target, onFile])
  return isOver
}
