import { type OpenAPI, OpenAPIGenerator } from '@orpc/openapi'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'
import { contract } from '../contract/index.ts'

/** The domains of the contract, in a reader's order. */
const TAGS = [
  { name: 'market', description: 'Instruments, quotes, trades, bars and stored series' },
  { name: 'sources', description: 'Feeds: their state, turning them on, finding and adding symbols' },
  { name: 'options', description: 'Chains of options with volatilities, Greeks and smiles; kept moments' },
  { name: 'imports', description: 'Files into series: preview, dry run, import, report' },
  { name: 'lab', description: 'SQL over everything stored' },
  { name: 'color', description: 'The color desk: dealer quotes in, rules, sessions, runs and where output goes' },
  { name: 'workspace', description: 'Workspaces, watchlists and settings' },
  { name: 'schedule', description: 'Work that runs by the clock: jobs, their runs and what was missed' },
  { name: 'secrets', description: 'Keys and passwords by name: set, tested and removed, never read out' },
  { name: 'backup', description: 'Backups of the workspace: made, tried and restored' },
  { name: 'updates', description: 'Updates of Contango itself: asked for, loaded and installed' },
  { name: 'system', description: 'Health, jobs, log, journal and checks of this host' },
] satisfies OpenAPI.TagObject[]

/** The OpenAPI 3.1 document of the REST interface, made from the contract. */
export async function openApiDocument({ version, server }: { version: string; server: string }): Promise<OpenAPI.Document> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] })
  return generator.generate(contract, {
    info: {
      title: 'Contango',
      version,
      description:
        'Loopback interface of a running Contango, on 127.0.0.1 only. Off until it is turned on in Settings, or with npm start -- --rest. Every request carries the bearer token of the launch, which stands in the address that Contango printed and in host.json of the workspace folder. Instants are whole microseconds since 1970, UTC; a missing number is null. Answers of text/event-stream are server-sent events: each event named message carries one JSON value in data, done ends the stream, error carries a failure. Every failure has code, status, message (what happened and what to do) and data.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: server }],
    tags: TAGS,
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  })
}
