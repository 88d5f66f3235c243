import { overPort, startHost } from '../transport/lanes.ts'

// A whole host that publishes a session and is killed from outside: node publish-victim.ts FOLDER SESSION REVISION.
const [folder, session, revision] = process.argv.slice(2) as [string, string, string]
const { desk } = overPort(await startHost({ folder }))
process.stdout.write('publishing\n')
const { run } = await desk.color.sessions.publish({ session, revision: Number(revision) })
process.stdout.write(`${run}\n`)
setInterval(() => undefined, 1000)
