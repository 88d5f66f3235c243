/** Words of the system. */
export const systemText = { en: {}, es: {} } as const
