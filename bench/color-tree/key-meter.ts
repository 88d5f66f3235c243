/** When frames were drawn after keys since `begin`. */
export interface KeyMeter {
  begin(): void
  /** Seconds from a key's own time stamp to the frame drawn after it, the wait for that frame among them. */
  end(): readonly number[]
}

/** A meter of the page that it is made in. */
export function createKeyMeter(): KeyMeter {
  let isOn = false
  let keys: number[] = []
  const channel = new MessageChannel()
  const drawn: (() => void)[] = []
  channel.port1.onmessage = () => drawn.shift()?.()
  addEventListener(
    'keydown',
    event => {
      if (!isOn) return
      requestAnimationFrame(() => {
        // A message sent from the frame's callback is handled once that frame was drawn.
        drawn.push(() => keys.push((performance.now() - event.timeStamp) / 1000))
        channel.port2.postMessage(null)
      })
    },
    { capture: true },
  )
  return {
    begin() {
      keys = []
      isOn = true
    },
    end() {
      isOn = false
      return keys
    },
  }
}
