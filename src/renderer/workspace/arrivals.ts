import { type DeskLink, readLinkWords } from '../../core/workspace/desk-link.ts'
import type { App } from '../app-context.tsx'
import { openPanel } from '../commands.ts'
import { panelKind } from '../panels.ts'
import { notifyFault } from '../ui/notice-fault.ts'
import { notify } from '../ui/notice-store.ts'
import { translate } from '../ui/text.ts'
import { showSymbol } from './palette-entries.ts'

/** So long a link waits for the panels of a page that is just being loaded. */
const PATIENCE_MS = 20_000

function whenReady({ bench }: App): Promise<void> {
  return new Promise((resolve, reject) => {
    const isReady = () => bench.store.getState().phase === 'ready' && bench.dock() !== null
    if (isReady()) return resolve()
    const late = setTimeout(() => settle(reject), PATIENCE_MS)
    const leave = bench.store.subscribe(() => isReady() && settle(resolve))
    function settle(act: () => void) {
      clearTimeout(late)
      leave()
      act()
    }
  })
}

async function goToWorkspace(app: App, wanted: string): Promise<void> {
  const { workspaces, current } = app.bench.store.getState()
  const found = workspaces.find(({ id, name }) => id === wanted || name === wanted)
  if (!found) notify({ tone: 'warn', text: translate('arrival.noWorkspace', { workspace: wanted }) })
  else if (found.id !== current) await app.workspaces.choose(found.id)
}

/** The instrument of exactly that symbol or name; a link must not open what is merely alike. */
async function instrumentOf(app: App, symbol: string): Promise<string | null> {
  const { instruments } = await app.desk.link.client.market.search({ text: symbol, limit: 50 })
  const wanted = symbol.toUpperCase()
  return instruments.find(one => [one.symbol, one.id].some(name => name.toUpperCase() === wanted))?.id ?? null
}

function goToPanel(app: App, kind: string): string | null {
  const known = panelKind(kind)
  if (!known) {
    notify({ tone: 'warn', text: translate('arrival.noPanel', { panel: kind }) })
    return null
  }
  const { panels } = app.bench.store.getState()
  const there = Object.keys(panels).find(id => panels[id]?.kind === known.kind)
  if (there) app.bench.activate(there)
  else openPanel(app, known.kind)
  const { panels: now, active } = app.bench.store.getState()
  return there ?? (active && now[active]?.kind === known.kind ? active : null)
}

/** Shows what a link asks for; nothing that it can say changes anything but what is looked at. */
async function follow(app: App, { workspace, panel, symbol }: DeskLink): Promise<void> {
  await whenReady(app)
  if (workspace) await goToWorkspace(app, workspace)
  const target = panel ? goToPanel(app, panel) : null
  if (!symbol) return
  const instrument = await instrumentOf(app, symbol)
  if (!instrument) notify({ tone: 'warn', text: translate('arrival.noSymbol', { symbol }) })
  else if (target && panelKind(panel ?? '')?.linkable) app.bench.setSubject(target, instrument)
  else showSymbol(app, instrument)
}

/**
 * Follows links that arrive behind the # of the page's address, and takes them out of it.
 *
 * The desktop shell puts `contango://` links, menu items and notifications there. They are read here as strictly as there, since in
 * a browser anybody can write an address.
 */
export function followArrivals(app: App): () => void {
  const read = () => {
    const arrived = readLinkWords(location.hash.slice(1))
    if (!arrived.ok) return
    history.replaceState(null, '', location.pathname + location.search)
    void follow(app, arrived.link).catch(fault => fault && notifyFault(fault))
  }
  read()
  window.addEventListener('hashchange', read)
  return () => window.removeEventListener('hashchange', read)
}
