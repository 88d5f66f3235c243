import { Validator } from '@seriousme/openapi-schema-validator'
import { beforeAll, describe, expect, test } from 'vitest'
import { openApiDocument } from '../../src/main/openapi.ts'
import { proceduresOf } from '../house/procedures.ts'

interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  readonly tags: readonly string[]
  readonly responses: Readonly<Record<string, { content?: Readonly<Record<string, unknown>> }>>
}

const procedures = proceduresOf().map(({ name, procedure }) => ({
  id: name,
  route: procedure['~orpc'].route,
  errors: procedure['~orpc'].errorMap,
}))
let document: {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  tags: readonly { readonly name: string; readonly description: string }[]
  security: unknown
  components: Record<string, unknown>
}

beforeAll(async () => {
  document = JSON.parse(JSON.stringify(await openApiDocument({ version: '0.1.0', server: 'http://127.0.0.1:4000/api' })))
})

describe('the OpenAPI document', () => {
  test('it is valid OpenAPI 3.1', async () => {
    const verdict = await new Validator().validate(structuredClone(document))
    expect(verdict.errors ?? []).toEqual([])
    expect(verdict.valid).toBe(true)
    expect(document.openapi).toMatch(/^3\.1\./)
  })

  test('a document with a fault does not pass the same check', async () => {
    const faulty = { ...structuredClone(document), paths: { '/x': { get: { responses: 7 } } } }
    expect((await new Validator().validate(faulty)).valid).toBe(false)
  })

  test.each(procedures)('$id stands in it with its sentence and every failure', ({ id, route, errors }) => {
    const operation = document.paths[route.path!]?.[route.method!.toLowerCase()]
    expect(operation).toMatchObject({ operationId: id, summary: route.summary, tags: route.tags })
    const statuses = Object.values(errors as Record<string, { status: number }>).map(error => String(error.status))
    expect(Object.keys(operation!.responses)).toEqual(expect.arrayContaining(['200', ...statuses]))
  })

  test('a stream is described as events, and says how to write a list of instruments', () => {
    const quotes = document.paths['/market/quotes']!.get!
    expect(Object.keys(quotes.responses['200']!.content!)).toEqual(['text/event-stream'])
    expect(quotes.description).toContain('instruments[0]=')
  })

  test('each procedure names the failures of the door, and each tag is explained', () => {
    for (const methods of Object.values(document.paths))
      for (const operation of Object.values(methods)) {
        expect(operation.responses).toHaveProperty('401')
        expect(document.tags.map(tag => tag.name)).toEqual(expect.arrayContaining([...operation.tags]))
      }
    for (const tag of document.tags) expect(tag.description.length).toBeGreaterThan(10)
  })

  test('nothing else stands in it, and the token is asked for everywhere', () => {
    const count = Object.values(document.paths).reduce((sum, methods) => sum + Object.keys(methods).length, 0)
    expect(count).toBe(procedures.length)
    expect(document.security).toEqual([{ token: [] }])
    expect(document.components.securitySchemes).toEqual({ token: { type: 'http', scheme: 'bearer' } })
  })
})
