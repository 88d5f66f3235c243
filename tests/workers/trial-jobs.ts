/** Jobs that only tests run: each behaves in one way that a pool must cope with. */
export const trialJobs = {
  double: ({ values }: { readonly values: Float64Array }) => ({ values: values.map(value => value * 2) }),
  refuse: ({ rows }: { readonly rows: number }) => {
    throw new RangeError(`columns must have 40 rows, had ${rows}`)
  },
  climb: async ({ steps }: { readonly steps: number }, report: (fraction: number) => void) => {
    for (let k = 1; k <= steps; k++) {
      report(k / steps)
      await new Promise(done => setTimeout(done, 120))
    }
    return steps
  },
  spin: () => {
    for (;;);
  },
  die: ({ code }: { readonly code: number }) => process.exit(code),
  thread: async () => {
    const { threadId } = await import('node:worker_threads')
    return threadId
  },
} as const
