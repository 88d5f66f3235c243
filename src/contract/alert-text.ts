/** Words of the notices about alerts, which stand outside of the page. */
const TITLES = {
  en: { arbitrage: 'Arbitrage', model: 'Off the smile', shift: 'Shift', legacy: 'Legacy detector' },
  es: { arbitrage: 'Arbitraje', model: 'Fuera de la sonrisa', shift: 'Cambio', legacy: 'Detector antiguo' },
} as const

const NAMES = {
  en: {
    vertical: 'vertical spread',
    butterfly: 'butterfly',
    parity: 'put-call parity',
    calendar: 'calendar spread',
    'smile-residual': 'distance from the smile',
    'spread-shock': 'spread far wider than usual',
    'size-shock': 'sizes far from usual',
    'volume-burst': 'burst of volume',
    'open-interest-burst': 'jump of open interest',
    'skew-shift': 'shift of the skew',
    legacy: 'exponential decay',
  },
  es: {
    vertical: 'spread vertical',
    butterfly: 'mariposa',
    parity: 'paridad put-call',
    calendar: 'spread de calendario',
    'smile-residual': 'distancia a la sonrisa',
    'spread-shock': 'horquilla mucho más ancha de lo normal',
    'size-shock': 'tamaños lejos de lo normal',
    'volume-burst': 'estallido de volumen',
    'open-interest-burst': 'salto del interés abierto',
    'skew-shift': 'cambio del sesgo',
    legacy: 'decaimiento exponencial',
  },
} as const

const LATE = {
  en: 'Late, from backfill: it began while no quotes came.',
  es: 'Tardía: empezó mientras no llegaban cotizaciones.',
} as const
const EDGE = { en: 'Edge {edge} a contract after costs.', es: 'Ventaja de {edge} por contrato tras costes.' } as const
const DEMO = { en: 'Demo market.', es: 'Mercado de demostración.' } as const

/** What a notice about an alert says. */
export interface AlertWords {
  readonly kind: keyof (typeof TITLES)['en']
  readonly detector: string
  /** Symbol with expiry, strike and side where there is one contract. */
  readonly subject: string
  /** Profit of one contract after costs, as text with its currency's decimals; null where there is none. */
  readonly edge: string | null
  readonly isLate: boolean
  readonly isDemo: boolean
}

/** Title and body of the notice about an alert, in the person's language. */
export function alertWords(words: AlertWords, language: 'en' | 'es'): { readonly title: string; readonly body: string } {
  const names: Readonly<Record<string, string>> = NAMES[language]
  const parts = [
    `${names[words.detector] ?? words.detector}.`.replace(/^./, first => first.toUpperCase()),
    ...(words.edge === null ? [] : [EDGE[language].replace('{edge}', words.edge)]),
    ...(words.isLate ? [LATE[language]] : []),
    ...(words.isDemo ? [DEMO[language]] : []),
  ]
  return { title: `${TITLES[language][words.kind]}: ${words.subject}`, body: parts.join(' ') }
}
