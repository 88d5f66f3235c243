import type { ContractRouterClient } from '@orpc/contract'
import { backupContract } from './backup.ts'
import { colorBoardContract } from './color-board.ts'
import { colorIntakeContract } from './color-intake.ts'
import { colorLogContract } from './color-log.ts'
import { colorOutputsContract } from './color-outputs.ts'
import { colorRulesContract } from './color-rules.ts'
import { colorRunsContract } from './color-runs.ts'
import { colorSearchContract } from './color-search.ts'
import { colorSessionsContract } from './color-sessions.ts'
import { colorSetupContract } from './color-setup.ts'
import { colorSourcesContract } from './color-sources.ts'
import { importsContract } from './imports.ts'
import { labContract } from './lab.ts'
import { marketContract } from './market.ts'
import { optionsContract } from './options.ts'
import { alertsContract } from './options-alerts.ts'
import { filesContract } from './options-files.ts'
import { riskContract } from './options-risk.ts'
import { scheduleContract } from './schedule.ts'
import { secretsContract } from './secrets.ts'
import { sourcesContract } from './sources.ts'
import { systemContract } from './system.ts'
import { updatesContract } from './updates.ts'
import { workspaceContract } from './workspace.ts'

/** All that the host can do; transports and clients are made from this table. */
export const contract = {
  backup: backupContract,
  color: {
    board: colorBoardContract,
    intake: colorIntakeContract,
    log: colorLogContract,
    outputs: colorOutputsContract,
    rules: colorRulesContract,
    runs: colorRunsContract,
    search: colorSearchContract,
    sessions: colorSessionsContract,
    setup: colorSetupContract,
    sources: colorSourcesContract,
  },
  imports: importsContract,
  lab: labContract,
  market: marketContract,
  options: { ...optionsContract, alerts: alertsContract, files: filesContract, risk: riskContract },
  schedule: scheduleContract,
  secrets: secretsContract,
  sources: sourcesContract,
  system: systemContract,
  updates: updatesContract,
  workspace: workspaceContract,
}

export type Client = ContractRouterClient<typeof contract>
