// Looks through the built shell for what Electron's documentation and Electronegativity warn of: node scripts/electron-scan.mjs
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAst } from 'rolldown/parseAst'
import { project } from './run.mjs'

/** Options of windows and contents with the only value that is safe; undefined where the option itself may not be there. */
const OPTIONS = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  webviewTag: false,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  enableBlinkFeatures: undefined,
  enableRemoteModule: undefined,
  affinity: undefined,
  bypassCSP: undefined,
  allowServiceWorkers: undefined,
}
/** These must stand beside each other in the options of a window; defaults change. */
const TOGETHER = ['sandbox', 'contextIsolation', 'nodeIntegration', 'webSecurity', 'webviewTag']
/** Methods that nobody calls, with why. */
const NEVER = {
  executeJavaScript: 'runs text in a page',
  executeJavaScriptInIsolatedWorld: 'runs text in a page',
  insertText: 'types into a page',
  loadFile: 'gives the page the rights of a file',
  registerFileProtocol: 'serves whole folders',
  interceptFileProtocol: 'serves whole folders',
  interceptHttpProtocol: 'stands between the page and the network',
  exposeInMainWorld: 'gives the page functions of the desktop',
  setCertificateVerifyProc: 'decides for itself what a good certificate is',
  appendSwitch: 'changes what Chromium protects against',
  openDevTools: 'opens the tools in a package too',
  openPath: 'opens files with whatever program the system has for them',
}
/** Events whose handling weakens what Chromium does by itself. */
const NEVER_HEARD = ['certificate-error', 'select-client-certificate', 'login']
/** What has to be there, as a word of the program. */
const NEEDED = [
  ['setWindowOpenHandler', 'new windows are not limited'],
  ['will-navigate', 'navigation is not limited'],
  ['will-redirect', 'redirects are not limited'],
  ['will-attach-webview', 'webviews are not refused'],
  ['setPermissionRequestHandler', 'requests for permissions are not answered'],
  ['setPermissionCheckHandler', 'checks of permissions are not answered'],
  ['content-security-policy', 'there is no content policy'],
  ['requestSingleInstanceLock', 'two can run on one workspace'],
]

/** Calls back with every node of a syntax tree. */
function walk(node, visit) {
  if (Array.isArray(node)) return node.forEach(one => void walk(one, visit))
  if (typeof node?.type !== 'string') return
  visit(node)
  for (const value of Object.values(node)) if (typeof value === 'object' && value !== null) walk(value, visit)
}

const nameOf = key => key?.name ?? key?.value
const lineOf = (text, { start }) => text.slice(0, start).split('\n').length
/** Methods of Electron whose names other libraries use as well. */
const ONLY_OF = { openPath: 'shell' }

function optionFaults({ key, value }, at) {
  const name = nameOf(key)
  if (!Object.hasOwn(OPTIONS, name)) return []
  const wanted = OPTIONS[name]
  if (wanted === undefined) return [`${at()} ${name} may not be set`]
  return value?.type === 'Literal' && value.value === wanted ? [] : [`${at()} ${name} must be ${wanted}, as a plain word`]
}

function callFaults({ callee, arguments: words }, at) {
  const name = callee.type === 'MemberExpression' ? nameOf(callee.property) : callee.name
  const [first] = words
  const found = []
  const owner = ONLY_OF[name] ?? nameOf(callee.object)
  if (Object.hasOwn(NEVER, name) && callee.type === 'MemberExpression' && owner === nameOf(callee.object))
    found.push(`${at()} ${name} ${NEVER[name]}`)
  if (name === 'eval' && callee.type === 'Identifier') found.push(`${at()} eval runs text as program`)
  if ((name === 'on' || name === 'once') && NEVER_HEARD.includes(first?.value) && nameOf(callee.object) === 'app')
    found.push(`${at()} ${first.value} is heard, which weakens what Chromium does`)
  if (name === 'loadURL' && /^(http|ftp|file|data):/.test(first?.value ?? first?.quasis?.[0]?.value.cooked ?? ''))
    found.push(`${at()} loadURL loads what is not the page`)
  return found
}

/** Sentences about one script of the shell; `words` collects what is in it. */
function scriptFaults(text, file, words) {
  const found = []
  const outward = []
  walk(parseAst(text, { lang: 'js' }), node => {
    // Counting lines takes longer than all the rest, so it is done for what is found.
    const at = () => `${file}:${lineOf(text, node)}`
    if (node.type === 'Literal' && typeof node.value === 'string') words.add(node.value)
    if (node.type === 'Identifier') words.add(node.name)
    if (node.type === 'Property') found.push(...optionFaults(node, at))
    if (node.type === 'ObjectExpression') {
      const names = node.properties.map(({ key }) => nameOf(key))
      if (names.includes('preload') && names.some(name => Object.hasOwn(OPTIONS, name))) {
        words.add('options of a window')
        for (const name of TOGETHER)
          if (!names.includes(name)) found.push(`${file}:${lineOf(text, node)} ${name} is left to its default`)
      }
    }
    if (node.type !== 'CallExpression') return
    found.push(...callFaults(node, at))
    if (node.callee.type === 'MemberExpression' && nameOf(node.callee.property) === 'openExternal') outward.push(at())
  })
  if (outward.length > 1) found.push(`${outward.join(', ')}: openExternal is called in more than one place`)
  return found
}

function htmlFaults(text, file) {
  const tags = [...text.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/gi)]
  return [
    ...tags.filter(([, , body]) => body.trim() !== '').map(() => `${file}: a script stands in the page itself`),
    ...tags.filter(([, words]) => /src="(https?:)?\/\//i.test(words)).map(() => `${file}: a script comes from elsewhere`),
    ...(/<webview|allowpopups/i.test(text) ? [`${file}: it holds a webview`] : []),
    ...(/\son\w+\s*=\s*["']/i.test(text) ? [`${file}: an event is handled in the page itself`] : []),
  ]
}

/** Everything that is wrong with a built shell, given as texts by file name. */
export function scan(files) {
  const found = []
  const words = new Set()
  for (const [file, text] of Object.entries(files)) {
    if (file.endsWith('.html')) found.push(...htmlFaults(text, file))
    else found.push(...scriptFaults(text, file, words))
  }
  const needed = [...NEEDED, ['options of a window', 'no options of a window were found: this check saw nothing']]
  return [...found, ...needed.filter(([word]) => !words.has(word)).map(([, sentence]) => sentence)]
}

/** The texts of the build that run with the rights of the desktop, and the page's frame. */
export function builtFiles() {
  const inside = folder =>
    readdirSync(join(project, 'build', folder), { recursive: true, encoding: 'utf8' })
      .filter(name => /\.(js|cjs|html)$/.test(name))
      .map(name => `build/${folder}/${name}`.replaceAll('\\', '/'))
  const page = inside('page').filter(name => name.endsWith('.html'))
  return Object.fromEntries(
    [...inside('main'), ...inside('preload'), ...page].map(name => [name, readFileSync(join(project, name), 'utf8')]),
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const faults = scan(builtFiles())
  for (const fault of faults) console.error(fault)
  console.log(`electron scan: ${faults.length === 0 ? 'good' : 'BROKEN'}`)
  process.exitCode = faults.length === 0 ? 0 : 1
}
