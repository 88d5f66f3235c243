import { guarded } from './guard.ts'
import { labRouter } from './lab/lab-router.ts'
import { systemRouter } from './system/system-router.ts'
import { workspaceRouter } from './workspace/workspace-router.ts'

/** The contract with its handlers behind the guard; a procedure without one does not compile. */
export const router = guarded.router({
  lab: labRouter,
  system: systemRouter,
  workspace: workspaceRouter,
} as never)

export type HostRouter = typeof router
