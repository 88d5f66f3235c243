import { readFile } from 'node:fs/promises'
import type { S3Client } from '@aws-sdk/client-s3'
import type { DeliveryReceipt, S3Target } from '../../../contract/color-outputs.ts'
import type { Secret } from '../../../platform/secret.ts'
import { failure } from '../../fail.ts'
import { detailOf, lineFailure } from './output-faults.ts'
import type { OutputFile } from './output-files.ts'

const CONNECT_SECONDS = 15

/** Files into a bucket, under names that follow from the run: a repeat puts the same bytes under the same name. */
export function deliverToS3(
  target: S3Target,
  secret: Secret,
  files: readonly OutputFile[],
  terms: { readonly seconds: number; readonly signal: AbortSignal },
): Promise<DeliveryReceipt> {
  return withClient(target, secret, terms.seconds, async client => {
    const { PutObjectCommand } = await import('@aws-sdk/client-s3')
    const places: DeliveryReceipt['places'] = []
    const tags: string[] = []
    for (const file of files) {
      const Key = keyOf(target, file.name)
      const command = new PutObjectCommand({
        ...{ Bucket: target.bucket, Key, Body: await readFile(file.path), ContentType: typeOf(file.name) },
        Metadata: { sha256: file.sha256 },
      })
      const { ETag } = await client.send(command, { abortSignal: terms.signal })
      if (ETag) tags.push(ETag.replaceAll('"', ''))
      places.push({ place: `s3://${target.bucket}/${Key}`, sha256: file.sha256, bytes: file.bytes })
    }
    return { places, accepted: [], rejected: [], said: tags.length > 0 ? `etag ${tags.join(', ')}` : null }
  })
}

/** Puts a small object into the bucket and takes it away again. */
export function probeS3(
  target: S3Target,
  secret: Secret,
  terms: { readonly seconds: number; readonly signal: AbortSignal },
): Promise<void> {
  return withClient(target, secret, terms.seconds, async client => {
    const { DeleteObjectCommand, PutObjectCommand } = await import('@aws-sdk/client-s3')
    const at = { Bucket: target.bucket, Key: keyOf(target, '.contango-probe') }
    await client.send(new PutObjectCommand({ ...at, Body: 'contango' }), { abortSignal: terms.signal })
    await client.send(new DeleteObjectCommand(at), { abortSignal: terms.signal })
  })
}

function keyOf({ prefix }: S3Target, name: string): string {
  const folder = prefix.replace(/^\/+|\/+$/g, '')
  return folder === '' ? name : `${folder}/${name}`
}

const TYPES: Readonly<Record<string, string>> = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
}

/** Media type of a file by its ending. */
export function typeOf(name: string): string {
  return TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream'
}

/** The client is loaded when the first bucket is spoken to: it would make every start slower. */
async function withClient<T>(
  target: S3Target,
  secret: Secret,
  seconds: number,
  use: (client: S3Client) => Promise<T>,
): Promise<T> {
  const { S3Client: Client } = await import('@aws-sdk/client-s3')
  const client = new Client({
    ...(target.endpoint === '' ? {} : { endpoint: target.endpoint }),
    ...{ region: target.region, forcePathStyle: target.pathStyle },
    credentials: { accessKeyId: target.accessKeyId, secretAccessKey: secret.reveal() },
    // The outbox tries again, and says so; servers that are not Amazon's know no newer checksums.
    ...{ maxAttempts: 1, requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' },
    requestHandler: { connectionTimeout: CONNECT_SECONDS * 1000, requestTimeout: seconds * 1000, throwOnRequestTimeout: true },
  })
  try {
    return await use(client)
  } catch (fault) {
    throw s3Failure(fault, target, seconds)
  } finally {
    client.destroy()
  }
}

function s3Failure(fault: unknown, target: S3Target, seconds: number): unknown {
  const place = target.endpoint === '' ? `Amazon S3 (${target.region})` : target.endpoint
  const { name = '', $metadata } = (fault ?? {}) as { name?: string; $metadata?: { httpStatusCode?: number } }
  const { bucket } = target
  if (name === 'NoSuchBucket' || name === 'PermanentRedirect') return failure('OUTPUT_BUCKET_UNKNOWN', { bucket, place })
  if (['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'InvalidToken', 'ExpiredToken'].includes(name))
    return failure('OUTPUT_LOGIN_REFUSED', { place, user: target.accessKeyId })
  const status = $metadata?.httpStatusCode ?? 0
  if (status >= 400 && status < 500 && status !== 408 && status !== 429)
    return failure('OUTPUT_BUCKET_REFUSED', { bucket, detail: `${name || status}: ${detailOf(fault)}` })
  return lineFailure(fault, place, seconds) ?? fault
}
