import { colorDemoJobs } from './jobs/color-demo.ts'
import { colorFilesJobs } from './jobs/color-files.ts'
import { colorIntakeJobs } from './jobs/color-intake.ts'
import { colorRunsJobs } from './jobs/color-runs.ts'
import { importsJobs } from './jobs/imports.ts'
import { optionsJobs } from './jobs/options.ts'

/** Every job by name: a function of one cloneable argument. A new job is one line here. */
export const jobs = {
  ...colorFilesJobs,
  ...colorIntakeJobs,
  ...colorDemoJobs,
  ...colorRunsJobs,
  ...importsJobs,
  ...optionsJobs,
} as const

export type Jobs = typeof jobs
