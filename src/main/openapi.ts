import { type OpenAPI, OpenAPIGenerator } from '@orpc/openapi'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'
import { contract } from '../contract/index.ts'

/** The OpenAPI 3.1 document of the REST interface, made from the contract. */
export async function openApiDocument({ version, server }: { version: string; server: string }): Promise<OpenAPI.Document> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] })
  return generator.generate(contract, {
    info: {
      title: 'Contango',
      version,
      description:
        'Loopback interface of a running Contango. Off until it is turned on in Settings. Every request carries the bearer token of the launch; streams come as server-sent events.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: server }],
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  })
}
