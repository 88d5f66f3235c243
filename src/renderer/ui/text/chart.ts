/** Words of the chart. */
export const chartText = { en: {}, es: {} } as const
