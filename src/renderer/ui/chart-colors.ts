/**
 * Colours of the page as the canvas takes them, read anew when the theme changes.
 *
 * Gives the value of a token such as `--up`, or the colour itself where it is none, as rgb() or rgba().
 */
export type ChartColors = (name: string) => string

/** Lines beside the main one, in the order they are given out; names of tokens, so that they follow the theme. */
export const LINE_COLORS = [
  '--accent',
  '--link-b',
  '--link-d',
  '--link-f',
  '--link-a',
  '--link-e',
  '--link-c',
  '--text-2',
] as const

/**
 * Reads colours in the place of `element`.
 *
 * A token can be written in any form that CSS knows; the browser is asked to resolve it, since a canvas library reads fewer.
 */
export function readColors(element: HTMLElement): ChartColors {
  const probe = document.createElement('span')
  probe.style.display = 'none'
  element.append(probe)
  const known = new Map<string, string>()
  const resolve = (name: string): string => {
    probe.style.color = name.startsWith('--') ? `var(${name})` : name
    return getComputedStyle(probe).color
  }
  return name => {
    const before = known.get(name)
    if (before !== undefined) return before
    const color = resolve(name)
    known.set(name, color)
    return color
  }
}

/** Colour of a bar that stands on one side of zero. */
export function sideColor(value: number): '--up' | '--down' {
  return value < 0 ? '--down' : '--up'
}

/**
 * Black or white, whichever is read better on that colour: one of them always has a contrast of 4.5 at least.
 *
 * The library decides by a grey of its own, which puts white on light reds and oranges. Input is rgb() or rgba().
 */
export function inkOn(color: string): 'black' | 'white' {
  const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map(part => {
    const share = Number(part) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
  // Where (1 + 0.05) / (l + 0.05) = (l + 0.05) / 0.05.
  return luminance > Math.sqrt(1.05 * 0.05) - 0.05 ? 'black' : 'white'
}

/** The same colour at another opacity, for fills; the input is rgb() or rgba() as computed styles give it. */
export function faded(color: string, opacity: number): string {
  const parts = color.match(/[\d.]+/g)
  return parts && parts.length >= 3 ? `rgba(${parts[0]}, ${parts[1]}, ${parts[2]}, ${opacity})` : color
}
