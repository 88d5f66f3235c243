import type { Router } from '@orpc/server'
import type { contract } from '../contract/index.ts'
import { backupRouter } from './backup/backup-router.ts'
import { colorBoardRouter } from './color/board/board-router.ts'
import { intakeRouter } from './color/intake/intake-router.ts'
import { colorLogRouter } from './color/log/log-router.ts'
import { outputsRouter } from './color/outputs/outputs-router.ts'
import { colorRulesRouter } from './color/rules/rules-router.ts'
import { runsRouter } from './color/runs/runs-router.ts'
import { colorSearchRouter } from './color/search/search-router.ts'
import { sessionsRouter } from './color/sessions/sessions-router.ts'
import { colorSetupRouter } from './color/setup/setup-router.ts'
import { sourcesRouter as colorSourcesRouter } from './color/sources/sources-router.ts'
import { type GuardedContext, guarded } from './guard.ts'
import { importsRouter } from './imports/imports-router.ts'
import { labRouter } from './lab/lab-router.ts'
import { marketRouter } from './market/market-router.ts'
import { alertsRouter } from './options/alerts-router.ts'
import { filesRouter } from './options/files-router.ts'
import { optionsRouter } from './options/options-router.ts'
import { riskRouter } from './options/risk-router.ts'
import { scheduleRouter } from './schedule/schedule-router.ts'
import { secretsRouter } from './secrets/secrets-router.ts'
import { sourcesRouter } from './sources/sources-router.ts'
import { systemRouter } from './system/system-router.ts'
import { updatesRouter } from './updates/updates-router.ts'
import { workspaceRouter } from './workspace/workspace-router.ts'

/** Spelt out: what the compiler infers of so many handlers is too long to be written into a declaration. */
export type HostRouter = Router<typeof contract, GuardedContext>

/** The contract with its handlers behind the guard; a procedure without one does not compile. */
export const router: HostRouter = guarded.router({
  backup: backupRouter,
  color: {
    board: colorBoardRouter,
    intake: intakeRouter,
    log: colorLogRouter,
    outputs: outputsRouter,
    rules: colorRulesRouter,
    runs: runsRouter,
    search: colorSearchRouter,
    sessions: sessionsRouter,
    setup: colorSetupRouter,
    sources: colorSourcesRouter,
  },
  imports: importsRouter,
  lab: labRouter,
  market: marketRouter,
  options: { ...optionsRouter, alerts: alertsRouter, files: filesRouter, risk: riskRouter },
  schedule: scheduleRouter,
  secrets: secretsRouter,
  sources: sourcesRouter,
  system: systemRouter,
  updates: updatesRouter,
  workspace: workspaceRouter,
})
