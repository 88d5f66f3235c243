/** Words of the sources. */
export const sourcesText = { en: {}, es: {} } as const
