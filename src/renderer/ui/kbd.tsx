import { type Chord, IS_MAC, keysOf } from './keys.ts'

/** A chord as keys; nothing where there is none. */
export function Keys({ chord }: { chord: Chord | undefined }) {
  if (!chord) return null
  return (
    <span style={{ display: 'inline-flex', gap: 3 }}>
      {keysOf(chord, IS_MAC).map(key => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  )
}
