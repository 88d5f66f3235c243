import { isAbsolute } from 'node:path'
import type { IntakeCheckWire, IntakeState, WatchFolder } from '../../../contract/color-intake.ts'
import { COLOR_FIELDS } from '../../../core/color/color-columns.ts'
import { testsOf } from '../../../core/rules/condition.ts'
import { problemOf } from '../../../core/rules/evaluate.ts'
import { fail } from '../../fail.ts'
import type { ConfigBook } from '../config/config-book.ts'
import { type IntakeService, learnedOf } from './intake-service.ts'
import type { WatchFolders } from './watch-folders.ts'

/** What is configured about the intake, and everything of it at a glance. */
export interface IntakeDesk {
  state(): IntakeState
  /** Fails: CONFIG_INVALID, CONFIG_CHANGED, CONFIG_NAME_TAKEN, CONFIG_UNKNOWN. */
  saveFolder(folder: Omit<WatchFolder, 'id'> & { readonly id: string | null }, user: string): void
  saveCheck(check: Omit<IntakeCheckWire, 'id'> & { readonly id: string | null }, user: string): void
  /** Removes it, or takes its last change back. Fails: CONFIG_UNKNOWN. */
  forget(module: 'folders' | 'checks' | 'mappings', id: string, previous: boolean, user: string): void
}

export function createIntakeDesk({
  config,
  intake,
  folders,
}: {
  readonly config: ConfigBook
  readonly intake: IntakeService
  readonly folders: WatchFolders
}): IntakeDesk {
  return {
    state() {
      const uploads = intake.uploads()
      return {
        uploads,
        quarantine: uploads.reduce((sum, { open }) => sum + open, 0),
        folders: folders.states(),
        checks: config.list('checks').map(({ id, name, revision, value }) => ({ ...value, id, name, revision })),
        learned: learnedOf(config).map(({ wire }) => wire),
      }
    },
    saveFolder({ id, name, revision, path, pattern, enabled, after }, user) {
      if (!isAbsolute(path)) fail('CONFIG_INVALID', { reason: `a folder is given by its whole path; '${path}' is a part of one` })
      const others = config.list('folders').filter(one => one.id !== id && one.value.path === path)
      if (others[0]) fail('CONFIG_INVALID', { reason: `${path} is watched already, as ${others[0].name}` })
      config.save('folders', [{ id, name, revision, value: { path, pattern, enabled, after } }], user)
      void folders.look()
    },
    saveCheck({ id, name, revision, active, when, outcome, message }, user) {
      const tests = testsOf(when)
      if (tests.length === 0) fail('CONFIG_INVALID', { reason: 'a check asks at least one thing of a row' })
      const unfit = tests.find(test => problemOf(test, COLOR_FIELDS) !== null)
      if (unfit) {
        const said = `${unfit.field} ${unfit.operator} ${unfit.value}`
        fail('CONFIG_INVALID', { reason: `'${said}' cannot be asked of a row (${problemOf(unfit, COLOR_FIELDS)})` })
      }
      config.save('checks', [{ id, name, revision, value: { active, when, outcome, message } }], user)
    },
    forget(module, id, previous, user) {
      const [last] = previous ? config.changes({ module, id, limit: 1 }) : []
      if (last?.before) config.revert(last.entry, true, user)
      else config.remove(module, [id], user)
    },
  }
}
