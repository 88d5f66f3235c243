/** Words of the settings. */
export const settingsText = { en: {}, es: {} } as const
