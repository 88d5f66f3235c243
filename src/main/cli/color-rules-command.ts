import { randomUUID } from 'node:crypto'
import { rename, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { DryRun, KeptRule } from '../../contract/color-rules.ts'
import type { Rule } from '../../core/rules/condition.ts'
import { describeCondition } from '../../core/rules/describe.ts'
import { writeRulesFile } from '../../core/rules/rules-file.ts'
import { type Arguments, UsageError } from './arguments.ts'
import { bytesOf, rulesOf } from './color-files.ts'
import { RULE_WORDS } from './color-words.ts'
import type { CommandContext, Outcome } from './command-context.ts'
import { asTable } from './output.ts'

/** Whether a word behind `color` is about the rules of a workspace, so that its host has to be asked. */
export const asksWorkspace = (word: string | undefined) => word === 'rules' || word === 'dry-run'

/** `color rules list`, `color rules export FILE`, `color rules import FILE`, `color dry-run --rules FILE`. */
export async function runColorRules(args: Arguments, context: CommandContext): Promise<Outcome> {
  const [word, what, file] = args.given
  if (word === 'dry-run') return await dryRun(args, context)
  const { rules } = await context.client.color.rules.list(undefined, { signal: context.signal })
  if (what === 'list') return listed(rules)
  if (what !== 'export' && what !== 'import')
    throw new UsageError(`color rules knows list, export and import${what === undefined ? '' : `; it was '${what}'`}.`)
  if (file === undefined) throw new UsageError(`color rules ${what} needs a file: npx contango color rules ${what} RULES.json.`)
  return what === 'export' ? await exported(rules, resolve(file)) : await imported(rules, resolve(file), context)
}

function listed(rules: readonly KeptRule[]): Outcome {
  const rows = rules.map(({ priority, name, active, when, cases }) => [
    ...[priority, name, active ? 'on' : 'off', cases.length],
    describeCondition(when as Rule['when'], RULE_WORDS),
  ])
  const text = asTable(['priority', 'name', 'state', 'cases', 'excludes when'], rows)
  return { json: rules, text: rules.length === 0 ? 'There are no rules yet.' : text, code: 0 }
}

async function exported(rules: readonly KeptRule[], file: string): Promise<Outcome> {
  const plain = rules.map(({ id, name, priority, active, when }) => ({ id, name, priority, active, when })) as readonly Rule[]
  const partial = `${file}.${randomUUID().slice(0, 8)}.part`
  try {
    await writeFile(partial, writeRulesFile(plain), { flag: 'wx' })
    await rename(partial, file)
  } finally {
    await rm(partial, { force: true })
  }
  return { json: { file, rules: rules.length }, text: `${file}: ${rules.length} rules.`, code: 0 }
}

const plainName = (name: string) => name.normalize('NFC').trim().replaceAll(/\s+/g, ' ').toLowerCase()

/** Rules of a file into the workspace. One of the same name is changed and keeps its cases; all others stay as they are. */
async function imported(kept: readonly KeptRule[], file: string, { client, signal }: CommandContext): Promise<Outcome> {
  const rules = rulesOf(file, await bytesOf(file))
  if (rules.length === 0) throw new UsageError(`${file} has no rules in it.`)
  const byName = new Map(kept.map(rule => [plainName(rule.name), rule]))
  const taken = new Set(kept.map(({ id }) => id))
  const drafts = rules.map((rule): KeptRule => {
    const same = byName.get(plainName(rule.name))
    // Ids of files are often made by counting; one that stands here belongs to another rule.
    const id = same?.id ?? (taken.has(rule.id) ? randomUUID() : rule.id)
    return { ...rule, id, cases: same?.cases ?? [], revision: same?.revision ?? 0 }
  })
  const { book } = await client.color.rules.save({ rules: drafts }, { signal })
  const changed = drafts.filter(({ revision }) => revision > 0).length
  const counts = { added: drafts.length - changed, changed, rules: book.rules.length }
  const text = `${counts.added} rules were added and ${changed} changed; the workspace has ${counts.rules}.`
  return { json: { file, ...counts, version: book.version }, text, code: 0 }
}

async function dryRun({ flags }: Arguments, { client, signal }: CommandContext): Promise<Outcome> {
  const path = flags.get('rules')?.[0]
  if (path === undefined)
    throw new UsageError('color dry-run needs rules: npx contango color dry-run --rules RULES.json --days 90.')
  const days = Number(flags.get('days')?.[0] ?? 90)
  if (!Number.isInteger(days) || days < 1 || days > 3660) throw new UsageError('--days is a whole number from 1 to 3660.')
  const rules = rulesOf(resolve(path), await bytesOf(resolve(path)))
  const done = await client.color.rules.dryRun({ rules: [...rules], days }, { signal })
  return { json: done, text: dryRunText(done), code: 0 }
}

function dryRunText(done: DryRun): string {
  const hit = done.byRule.filter(({ hits }) => hits > 0)
  return [
    `${done.rows} rows from ${done.from} to ${done.to}: ${done.excludedThen} would be excluded, ${done.excludedNow} are by the rules in force.`,
    `${done.removed} rows more go out, ${done.added} come back; ${done.parentsChanged} groups have another parent, ${done.cusipsLost} lose all their rows, ${done.cusipsGained} have some again.`,
    ...(hit.length === 0
      ? []
      : [
          asTable(
            ['rule', 'met', 'credited'],
            hit.map(one => [one.name, one.hits, one.credited]),
          ),
        ]),
  ].join('\n')
}
