import type { Client } from '../../contract/index.ts'
import { receiveFile } from '../lab/export-file.ts'

/** Hands the person the bundle that a report of a fault needs. Fails: FileDamaged, or with what the host says. */
export async function saveDiagnostics(desk: Client): Promise<void> {
  await receiveFile(await desk.system.diagnostics(), 'contango-diagnostics.tar', 'tar', () => {})
}
