/** Words of the tape. */
export const tapeText = { en: {}, es: {} } as const
