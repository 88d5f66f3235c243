/** Words of the Sources panel, and the states of a source wherever they are shown. */
export const sourcesText = {
  en: {
    'source.phase.off': 'off',
    'source.phase.connecting': 'connecting',
    'source.phase.up': 'up',
    'source.phase.silent': 'silent',
    'source.phase.backing-off': 'waiting to try again',
    'source.phase.failed': 'failed',
  },
  es: {
    'source.phase.off': 'apagada',
    'source.phase.connecting': 'conectando',
    'source.phase.up': 'activa',
    'source.phase.silent': 'en silencio',
    'source.phase.backing-off': 'esperando para reintentar',
    'source.phase.failed': 'con fallo',
  },
} as const
