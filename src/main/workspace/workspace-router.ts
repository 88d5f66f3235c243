import { implement } from '@orpc/server'
import { workspaceContract } from '../../contract/workspace.ts'
import type { Context } from '../context.ts'

const os = implement(workspaceContract).$context<Context>()

export const workspaceRouter = {
  list: os.list.handler(({ context }) => context.services.workspace.list()),
  save: os.save.handler(({ input, context }) => context.services.workspace.save(input, context.user.name)),
  remove: os.remove.handler(({ input, context }) => {
    context.services.workspace.remove(input.id, context.user.name)
    return {}
  }),
  choose: os.choose.handler(({ input, context }) => {
    context.services.workspace.choose(input.id, context.user.name)
    return {}
  }),
  watchlists: os.watchlists.handler(({ context }) => ({ watchlists: context.services.workspace.watchlists() })),
  saveWatchlist: os.saveWatchlist.handler(({ input, context }) =>
    context.services.workspace.saveWatchlist(input, context.user.name),
  ),
  removeWatchlist: os.removeWatchlist.handler(({ input, context }) => {
    context.services.workspace.removeWatchlist(input.id, context.user.name)
    return {}
  }),
  settings: os.settings.handler(({ context }) => ({
    settings: context.services.workspace.settings().map(one => ({ ...one, choices: [...one.choices] })),
  })),
  set: os.set.handler(({ input, context }) => context.services.workspace.set(input.key, input.value, context.user.name)),
  watch: os.watch.handler(({ context, signal }) => context.services.workspace.watch(signal)),
}
