import type { BackupInfo } from '../../contract/backup.ts'
import { ERRORS, type ErrorCode, sentence } from '../../contract/errors.ts'
import type { JobList, JobRun } from '../../contract/schedule.ts'
import { runReason } from '../../contract/schedule.ts'
import type { SecretsState } from '../../contract/secrets.ts'
import type { UpdateState } from '../../contract/updates.ts'
import type { Check } from './doctor.ts'

/** Missed runs older than this are history. */
const RECENT_DAYS = 7
const MICROS_PER_DAY = 86_400_000_000

const instantOf = (micros: number): string => `${new Date(micros / 1000).toISOString().slice(0, 16)}Z`

/** Whether jobs run, which is next, and what was missed or failed. */
export function schedulerCheck(list: JobList, runs: readonly JobRun[], now: number): Check {
  const name = 'scheduler'
  const on = list.jobs.filter(job => job.enabled)
  const unknown = on.find(job => job.fault !== null)
  if (unknown) {
    const finding = `${unknown.name}: this Contango knows no kind '${unknown.kind}'`
    return { name, state: 'bad', finding, remedy: 'Update Contango, or delete the job in the Jobs panel.' }
  }
  const failed = on.find(job => job.last !== null && (job.last.outcome === 'failed' || job.last.outcome === 'timed-out'))
  if (failed) {
    const reason = failed.last?.reason ? `: ${runReason(failed.last.reason).replace(/\.$/, '')}` : ''
    const finding = `the last run of ${failed.name} ${failed.last?.outcome === 'failed' ? 'failed' : 'took too long'}${reason}`
    return { name, state: 'attention', finding, remedy: 'The Jobs panel has the log of the run; run it again from there.' }
  }
  const missed = runs
    .filter(run => run.outcome === 'missed' && run.started > now - RECENT_DAYS * MICROS_PER_DAY)
    .reduce((sum, run) => sum + run.count, 0)
  if (missed > 0) {
    const finding = `${missed} planned runs were missed in the last ${RECENT_DAYS} days`
    const remedy = 'Choose in the Jobs panel what a job does about missed times, or run it now.'
    return { name, state: 'attention', finding, remedy }
  }
  return { name, state: 'good', finding: summaryOf(list, on.length), remedy: null }
}

function summaryOf({ jobs, isRunning }: JobList, on: number): string {
  if (jobs.length === 0) return 'no jobs'
  const [next] = jobs.flatMap(job => (job.next === null ? [] : [{ name: job.name, at: job.next }])).sort((a, b) => a.at - b.at)
  const coming = next ? `; next ${next.name} at ${instantOf(next.at)}` : ''
  return `${on} of ${jobs.length} jobs are on${coming}${isRunning ? '' : '; they run while the workstation is open'}`
}

const REMEDIES: Readonly<Record<NonNullable<SecretsState['problem']>, string>> = {
  absent: 'Start the keychain of this system, or move on in Settings > Secrets.',
  locked: 'Unlock it; a file of secrets is opened with its passphrase in Settings > Secrets.',
  swapped: 'Bring the keychain or file back that was used before, or start empty in Settings > Secrets.',
  slow: 'Answer its prompt, then ask again in Settings > Secrets.',
  passphrase: 'Type the passphrase in Settings > Secrets.',
  damaged: 'Put secrets.sealed back from a copy, or start empty in Settings > Secrets.',
  missing: 'Put secrets.sealed back from a copy, or start empty in Settings > Secrets.',
}

/** Whether the place of the secrets is there and is the one that was used. */
export function secretsCheck({ phase, place, problem, detail, hasKeychain, names }: SecretsState): Check {
  const name = 'secrets'
  const where = place === 'file' ? 'the sealed file' : 'the keychain'
  if (phase === 'closed' && problem) {
    // A file waits for its passphrase at every start: that is how it is meant.
    const state = place === 'file' && problem === 'locked' ? 'attention' : 'bad'
    const finding = `${where} is closed (${problem})${detail ? `: ${detail}` : ''}; ${names.length} secrets are in it`
    return { name, state, finding, remedy: REMEDIES[problem] }
  }
  if (phase === 'ready') return { name, state: 'good', finding: `${names.length} in ${where}`, remedy: null }
  return hasKeychain
    ? { name, state: 'good', finding: 'none kept; the keychain of this system answers', remedy: null }
    : {
        ...{ name, state: 'attention', finding: 'none kept, and no keychain answers on this system' },
        remedy: 'Where a secret is needed, choose a passphrase for a sealed file in Settings > Secrets.',
      }
}

/** A week without a backup is long for somebody who decides something every day. */
const OLDEST_DAYS = 7
const TRIED_DAYS = 31

/** What the doctor says about backups: whether there is a good one, how old it is, and whether anybody tried one. */
export function backupsCheck(
  {
    backups,
    staged,
    drillDays,
  }: {
    readonly backups: readonly BackupInfo[]
    readonly staged: { readonly file: string } | null
    readonly drillDays: number | null
  },
  now: number,
): Check {
  const name = 'backups'
  if (staged)
    return {
      name,
      state: 'attention',
      finding: `the next start restores ${staged.file}`,
      remedy: 'Choose "Do not restore" in the Backups panel where that is not wanted.',
    }
  const good = backups.find(one => one.isThere && one.problem === null)
  if (!good)
    return backups.length === 0
      ? {
          name,
          state: 'attention',
          finding: 'there is none',
          remedy: 'npx contango backup --out FILE makes one; the Backups panel makes one every night.',
        }
      : {
          name,
          state: 'bad',
          finding: `none of ${backups.length} can be used`,
          remedy: 'Make a new one now: npx contango backup --out FILE.',
        }
  const days = Math.floor((now - good.madeAt) / MICROS_PER_DAY)
  const finding = `${backups.length} known; the newest good one is ${days} days old`
  if (days > OLDEST_DAYS)
    return { name, state: 'attention', finding, remedy: 'Make one now, or have one made every night in the Backups panel.' }
  if (drillDays === null || drillDays > TRIED_DAYS)
    return {
      name,
      state: 'attention',
      finding: `${finding}; nobody tried one for a month`,
      remedy: 'Compare one again in the Backups panel, or restore it into an empty folder.',
    }
  return { name, state: 'good', finding, remedy: null }
}

/** Whether updates can be had and believed. */
export function updatesCheck({ phase, version, fault, offered }: UpdateState): Check {
  const name = 'updates'
  const words = fault && Object.hasOwn(ERRORS, fault.code) ? sentence(fault.code as ErrorCode, fault.data) : null
  if (phase === 'refused')
    return {
      name,
      state: 'bad',
      finding: words ?? 'an update was refused',
      remedy: 'Do not install it by hand; ask whoever gave you Contango.',
    }
  if (phase === 'failed')
    return {
      name,
      state: 'attention',
      finding: words ?? 'the feed did not answer',
      remedy: 'It is asked again at the next start.',
    }
  if (phase === 'off') return { name, state: 'good', finding: words ?? 'this program does not update itself', remedy: null }
  return { name, state: 'good', finding: offered ? `${version}; ${offered.version} is offered` : version, remedy: null }
}

/** What the doctor says of kept chains of options, by the segments that could not be taken back. */
export function chainsCheck(problems: readonly string[]): Check {
  const [first, ...others] = problems
  const name = 'kept chains'
  if (!first) return { name, state: 'good', finding: 'no segment of option chains is known to be damaged', remedy: null }
  const more = others.length > 0 ? `, and ${others.length} more` : ''
  return {
    ...{ name, state: 'bad', finding: `${first}${more}` },
    remedy: 'Restore segments/chains from a backup and rebuild the market store.',
  }
}
