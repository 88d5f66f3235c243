import { useCallback, useEffect, useState } from 'react'
import type { Client } from '../../contract/index.ts'
import type { SecretsState } from '../../contract/secrets.ts'
import { useConnection, useDesk } from '../desk.tsx'
import { notifyFault } from '../ui/notice-fault.ts'

/** The state of the secrets, and a way to do something that gives a new one. Values are only ever sent. */
export interface Secrets {
  readonly state: SecretsState | null
  readonly error: unknown
  readonly isBusy: boolean
  reload(): void
  /** True where it was done; what was refused is said at the side, and the state is read again. */
  run(call: (secrets: Client['secrets']) => Promise<{ readonly state: SecretsState }>): Promise<boolean>
}

export function useSecrets(): Secrets {
  const desk = useDesk()
  const { generation } = useConnection()
  const [state, setState] = useState<SecretsState | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const reload = useCallback(() => {
    desk.secrets.state().then(found => {
      setState(found.state)
      setError(null)
    }, setError)
  }, [desk])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new connection asks again
  useEffect(() => {
    reload()
    // A keychain is unlocked outside of this window, so coming back is a reason to look.
    globalThis.addEventListener('focus', reload)
    return () => globalThis.removeEventListener('focus', reload)
  }, [reload, generation])
  const run: Secrets['run'] = useCallback(
    async call => {
      setBusy(true)
      try {
        setState((await call(desk.secrets)).state)
        return true
      } catch (fault) {
        notifyFault(fault)
        reload()
        return false
      } finally {
        setBusy(false)
      }
    },
    [desk, reload],
  )
  return { state, error, isBusy, reload, run }
}
