import { useEffect, useSyncExternalStore } from 'react'
import { useSetting } from '../desk.tsx'
import { setPageZone } from '../ui/format.ts'
import { setLanguage, systemLanguage } from '../ui/text.ts'

/** What the page looked like last, so that it opens so before the host has answered. */
const MEMORY = 'contango.appearance'

interface Remembered {
  readonly theme?: string
  readonly language?: string
  readonly palette?: string
  readonly density?: string
}

function remembered(): Remembered {
  try {
    return JSON.parse(localStorage.getItem(MEMORY) ?? '{}') as Remembered
  } catch {
    return {}
  }
}

const before = remembered()
const darkQuery = window.matchMedia('(prefers-color-scheme: dark)')
const onSystemScheme = (hear: () => void) => {
  darkQuery.addEventListener('change', hear)
  return () => darkQuery.removeEventListener('change', hear)
}

function textSetting(value: unknown, early: string | undefined, usual: string): string {
  return typeof value === 'string' ? value : (early ?? usual)
}

/** Puts the settings of the look on the page, and gives the colour scheme that results. */
export function useAppearance(): 'dark' | 'light' {
  const [themeSet] = useSetting('theme')
  const [languageSet] = useSetting('language')
  const [paletteSet] = useSetting('palette')
  const [densitySet] = useSetting('density')
  const [motion] = useSetting('motion')
  const [zoom] = useSetting('zoom')
  const [zone] = useSetting('timeZone')
  const systemIsDark = useSyncExternalStore(onSystemScheme, () => darkQuery.matches)
  const theme = textSetting(themeSet, before.theme, 'dark')
  const language = textSetting(languageSet, before.language, 'system')
  const palette = textSetting(paletteSet, before.palette, 'blue-orange')
  const density = textSetting(densitySet, before.density, 'compact')
  const scheme = theme === 'light' || (theme === 'system' && !systemIsDark) ? 'light' : 'dark'

  useEffect(() => {
    const { dataset, style } = document.documentElement
    dataset.theme = scheme
    dataset.palette = palette
    dataset.density = density
    dataset.motion = typeof motion === 'string' ? motion : 'system'
    const scale = typeof zoom === 'number' ? String(zoom / 100) : '1'
    dataset.zoom = scale
    style.setProperty('--zoom', scale)
    style.setProperty('--mantine-scale', scale)
    localStorage.setItem(MEMORY, JSON.stringify({ theme, language, palette, density } satisfies Remembered))
  }, [scheme, palette, density, motion, zoom, theme, language])
  useEffect(() => setLanguage(language === 'es' || language === 'en' ? language : systemLanguage()), [language])
  // 'exchange' is a matter of each chart; instants that belong to no exchange are then in the machine's zone.
  useEffect(() => setPageZone(typeof zone === 'string' && zone !== 'local' && zone !== 'exchange' ? zone : undefined), [zone])
  return scheme
}
