import type { OutputTarget } from '../../../contract/color-outputs.ts'
import {
  bucketProblems,
  fileNameProblems,
  isWholePath,
  mailProblems,
  type OutputProblem,
} from '../../../core/color/output-check.ts'
import { fail } from '../../fail.ts'

/** What is wrong with a target, as the form shows it while it is written. */
function targetProblems(target: OutputTarget): readonly OutputProblem[] {
  const path =
    target.kind === 'folder'
      ? target.path
      : target.kind === 'database' && target.place.engine === 'duckdb'
        ? target.place.path
        : null
  return [
    ...(target.kind === 'database' ? [] : fileNameProblems(target)),
    ...(target.kind === 's3' ? bucketProblems(target) : []),
    ...(path === null || isWholePath(path) ? [] : [{ field: 'path', kind: 'path', detail: path } as const]),
  ]
}

const WORDS: Readonly<Record<OutputProblem['kind'], (problem: OutputProblem) => string>> = {
  placeholder: ({ detail, field }) => `${field} has the placeholder {{${detail}}}, which means nothing`,
  zone: ({ detail }) => `there is no time zone ${detail}`,
  path: ({ detail }) => `${detail} is no whole path, as /desk/out or C:\\desk\\out`,
  endpoint: ({ detail }) => `${detail} is no address of a server, as https://minio.desk:9000`,
  bucket: ({ detail }) => `${detail} cannot be the name of a bucket`,
  address: ({ detail, field }) => `${detail} in ${field} is no mail address`,
  missing: ({ field }) => `${field} is empty`,
  'plain-password': () => 'a password would go over the line in plain; choose another encryption, or no user',
}
const wordsOf = (problem: OutputProblem) => WORDS[problem.kind](problem)

/** Fails: CONFIG_INVALID with the first thing that is wrong. */
export function expectTarget(target: OutputTarget): void {
  const [first] = targetProblems(target)
  if (first) fail('CONFIG_INVALID', { reason: wordsOf(first) })
}

/** Fails with the first thing that is wrong. */
export function expectMail(
  mail: Parameters<typeof mailProblems>[0],
  code: 'CONFIG_INVALID' | 'MAIL_NOT_SET' = 'CONFIG_INVALID',
): void {
  const [first] = mailProblems(mail)
  if (first) fail(code, { reason: wordsOf(first) })
}
