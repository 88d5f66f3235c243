/** What the page measured since `begin` was called. */
export interface PageFigures {
  /** Seconds from a key's own time stamp to the frame drawn after it. */
  readonly keys: readonly number[]
  /** Seconds between two frames. */
  readonly frames: readonly number[]
  /** Seconds from the sender to the drawn pixel. */
  readonly drawn: readonly number[]
  readonly seconds: number
  /** Cells that were written on screen, so that an idle table cannot pass for a fast one. */
  readonly written: number
}

/** How long keys and frames take in a page, and how much was written meanwhile. */
export interface Meter {
  ready(): boolean
  begin(): void
  end(): PageFigures
}

/** What a page knows of itself: whether it shows what is measured, and how late its values were drawn. */
export interface Measured {
  ready(): boolean
  /** Seconds from the sender to the drawn pixel, of all that was drawn so far. */
  drawn(): readonly number[]
}

/** A meter of the page that it is made in. */
export function createMeter(measured: Measured): Meter {
  let keys: number[] = []
  let frames: number[] = []
  let written = 0
  let isOn = false
  let began = 0
  let drawnBefore = 0
  const channel = new MessageChannel()
  const painted: (() => void)[] = []
  channel.port1.onmessage = () => painted.shift()?.()
  addEventListener(
    'keydown',
    event => {
      if (!isOn) return
      requestAnimationFrame(() => {
        // A message sent from the frame's callback is handled once that frame was drawn.
        painted.push(() => keys.push((performance.now() - event.timeStamp) / 1000))
        channel.port2.postMessage(null)
      })
    },
    { capture: true },
  )
  let last = 0
  const onFrame = (now: number) => {
    if (isOn && last > 0) frames.push((now - last) / 1000)
    last = now
    requestAnimationFrame(onFrame)
  }
  requestAnimationFrame(onFrame)
  new MutationObserver(list => {
    if (isOn) written += list.length
  }).observe(document.body, { subtree: true, characterData: true })
  return {
    ready: () => measured.ready() && document.querySelectorAll('[role=gridcell]').length > 100,
    begin() {
      keys = []
      frames = []
      written = 0
      began = performance.now()
      drawnBefore = measured.drawn().length // the first snapshot is part of opening the page
      isOn = true
    },
    end(): PageFigures {
      isOn = false
      return { keys, frames, drawn: measured.drawn().slice(drawnBefore), seconds: (performance.now() - began) / 1000, written }
    },
  }
}
