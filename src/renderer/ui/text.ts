import i18next from 'i18next'
import { useMemo } from 'react'
import { initReactI18next, useTranslation } from 'react-i18next'
import { REASONS, readReason } from '../../contract/reasons.ts'
import { backupText } from './text/backup.ts'
import { chartText } from './text/chart.ts'
import { colorBoardText } from './text/color-board.ts'
import { colorIntakeText } from './text/color-intake.ts'
import { colorLogText } from './text/color-log.ts'
import { colorOutputsText } from './text/color-outputs.ts'
import { colorProblemsText } from './text/color-problems.ts'
import { colorRulesText } from './text/color-rules.ts'
import { colorRulesSideText } from './text/color-rules-side.ts'
import { colorRunsText } from './text/color-runs.ts'
import { colorSearchText } from './text/color-search.ts'
import { colorSessionText } from './text/color-session.ts'
import { colorSetupText } from './text/color-setup.ts'
import { colorSheetText } from './text/color-sheet.ts'
import { desktopWords } from './text/desktop.ts'
import { gridText } from './text/grid.ts'
import { importsText } from './text/imports.ts'
import { labText } from './text/lab.ts'
import { optionsText } from './text/options.ts'
import { optionsAlertsText } from './text/options-alerts.ts'
import { optionsBatchText } from './text/options-batch.ts'
import { optionsColumnsText } from './text/options-columns.ts'
import { optionsFilesText } from './text/options-files.ts'
import { optionsPayoffText } from './text/options-payoff.ts'
import { optionsPicturesText } from './text/options-pictures.ts'
import { optionsRiskText } from './text/options-risk.ts'
import { optionsThresholdsText } from './text/options-thresholds.ts'
import { panelsText } from './text/panels.ts'
import { plotText } from './text/plot.ts'
import { recoveryText } from './text/recovery.ts'
import { scheduleText } from './text/schedule.ts'
import { secretsText } from './text/secrets.ts'
import { settingsText } from './text/settings.ts'
import { shellText } from './text/shell.ts'
import { sourcesText } from './text/sources.ts'
import { statesText } from './text/states.ts'
import { systemText } from './text/system.ts'
import { tapeText } from './text/tape.ts'
import { watchlistText } from './text/watchlist.ts'
import { windowsText } from './text/windows.ts'

const en = {
  ...panelsText.en,
  ...statesText.en,
  ...shellText.en,
  ...scheduleText.en,
  ...secretsText.en,
  ...settingsText.en,
  ...sourcesText.en,
  ...systemText.en,
  ...chartText.en,
  ...gridText.en,
  ...plotText.en,
  ...watchlistText.en,
  ...tapeText.en,
  ...labText.en,
  ...importsText.en,
  ...colorRunsText.en,
  ...colorSessionText.en,
  ...colorSheetText.en,
  ...colorSearchText.en,
  ...colorBoardText.en,
  ...desktopWords.en,
  ...optionsText.en,
  ...optionsColumnsText.en,
  ...optionsPicturesText.en,
  ...optionsAlertsText.en,
  ...optionsThresholdsText.en,
  ...optionsBatchText.en,
  ...optionsPayoffText.en,
  ...optionsFilesText.en,
  ...optionsRiskText.en,
  ...backupText.en,
  ...windowsText.en,
  ...recoveryText.en,
  ...colorIntakeText.en,
  ...colorProblemsText.en,
  ...colorOutputsText.en,
  ...colorRulesText.en,
  ...colorLogText.en,
  ...colorSetupText.en,
  ...colorRulesSideText.en,
} as const

const es = {
  ...panelsText.es,
  ...statesText.es,
  ...shellText.es,
  ...scheduleText.es,
  ...secretsText.es,
  ...settingsText.es,
  ...sourcesText.es,
  ...systemText.es,
  ...chartText.es,
  ...gridText.es,
  ...plotText.es,
  ...watchlistText.es,
  ...tapeText.es,
  ...labText.es,
  ...importsText.es,
  ...colorRunsText.es,
  ...colorSessionText.es,
  ...colorSheetText.es,
  ...colorSearchText.es,
  ...colorBoardText.es,
  ...desktopWords.es,
  ...optionsText.es,
  ...optionsColumnsText.es,
  ...optionsPicturesText.es,
  ...optionsAlertsText.es,
  ...optionsThresholdsText.es,
  ...optionsBatchText.es,
  ...optionsPayoffText.es,
  ...optionsFilesText.es,
  ...optionsRiskText.es,
  ...backupText.es,
  ...windowsText.es,
  ...recoveryText.es,
  ...colorIntakeText.es,
  ...colorProblemsText.es,
  ...colorOutputsText.es,
  ...colorRulesText.es,
  ...colorLogText.es,
  ...colorSetupText.es,
  ...colorRulesSideText.es,
} as const

/** Every sentence of the page in both languages; the errors of the contract are in contract/errors.ts. */
export const CATALOGUE = { en, es } as const

export const LANGUAGES = ['en', 'es'] as const
export type Language = (typeof LANGUAGES)[number]

type English = typeof en
type StoredKey = keyof English & string
/** `job.count_one` and `job.count_other` are asked for as `job.count`. */
export type TextKey = StoredKey extends infer K ? (K extends `${infer Base}_one` | `${infer Base}_other` ? Base : K) : never
type Template<K> = K extends keyof English
  ? English[K]
  : K extends string
    ? `${K}_other` extends keyof English
      ? English[`${K}_other`] | '{count}'
      : never
    : never
type Names<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never
type Values<K> = Readonly<Record<Names<Template<K>>, string | number>>

/** A key whose sentence needs no values: what tables of names may hold. */
export type PlainKey = { [K in TextKey]: [Names<Template<K>>] extends [never] ? K : never }[TextKey]

/** Gives the sentence of a key in the language of the page; the compiler knows the keys and what each needs. */
export type Translate = <K extends TextKey>(
  key: K,
  ...values: [Names<Template<K>>] extends [never] ? [] : [values: Values<K>]
) => string

void i18next.use(initReactI18next).init({
  lng: 'en',
  fallbackLng: 'en',
  // The keys have dots of their own; the catalogue is flat, and braces are those of contract/errors.ts.
  keySeparator: false,
  nsSeparator: false,
  interpolation: { escapeValue: false, prefix: '{', suffix: '}' },
  resources: { en: { translation: en }, es: { translation: es } },
  initAsync: false,
})

/** i18next's own types would look the key up a second time; the ones above are ours. */
const lookUp = i18next.t as unknown as (key: string, values?: object) => string

/** The sentence of a key, outside of a component. Inside one, use `useText`, which follows the language. */
export const translate: Translate = (key, ...values) => lookUp(key, values[0])

/** Whether the catalogue has that key: for keys that come from data, as a setting's name. */
export function isTextKey(key: string): key is TextKey {
  return key in en || `${key}_other` in en
}

/** Text of a key that comes from data; the fallback where the catalogue does not know it. */
export function textOr(key: string, fallback: string): string {
  return isTextKey(key) ? lookUp(key) : fallback
}

/** Why something is in its state, in words: the sentence of one of our reasons with what it carries, or the source's own. */
export function reasonWords(text: string): string {
  const known = readReason(text)
  if (!known) return text
  const carried = REASONS[known.key]
  return lookUp(`reason.${known.key}`, carried === null ? {} : { [carried]: known.argument })
}

/** The page's language and the function that gives its sentences; components that use it follow a switch at once. */
export function useText(): { t: Translate; language: Language } {
  const { i18n } = useTranslation()
  const language: Language = i18n.language === 'es' ? 'es' : 'en'
  // A new function for each language, so that memoised children follow.
  return useMemo(() => ({ t: ((key: string, values?: object) => lookUp(key, values)) as Translate, language }), [language])
}

export function currentLanguage(): Language {
  return i18next.language === 'es' ? 'es' : 'en'
}

/** Switches every open panel to that language, and tells screen readers which one it is. */
export function setLanguage(language: Language): void {
  if (i18next.language !== language) void i18next.changeLanguage(language)
  document.documentElement.lang = language
}

/** The language of the system where it is one of ours, else English. */
export function systemLanguage(): Language {
  return navigator.language.toLowerCase().startsWith('es') ? 'es' : 'en'
}
