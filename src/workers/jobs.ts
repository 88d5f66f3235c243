/** Every job by name: a pure function of one cloneable argument. A new job is one line here. */
export const jobs = {} as const

export type Jobs = typeof jobs
