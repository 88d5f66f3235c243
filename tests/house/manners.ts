import { pathIn, type SourceText } from './rooms.ts'

interface Manner {
  readonly name: string
  /** Where it holds, as a path below src. */
  readonly where: RegExp
  readonly except?: RegExp
  readonly never: RegExp
  readonly because: string
}

/** Words that may not stand in some places, each with its reason. */
export const MANNERS: readonly Manner[] = [
  {
    name: 'core reads no clock, no chance, no console',
    where: /^(core|contract)\//,
    never: /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bperformance\.now\b|\bsetTimeout\b|\bsetInterval\b|\bconsole\./,
    because: 'core is given times and seeds as arguments, so that a day can be replayed',
  },
  {
    name: 'only the clock reads the clock',
    where: /^(platform|workers|main)\//,
    except: /^platform\/clock\.ts$/,
    never: /\bDate\.now\b|\bnew Date\(\)/,
    because: 'everything else is given a Clock',
  },
  {
    name: 'chance comes from a seed or from node:crypto',
    where: /^(platform|workers|main|renderer)\//,
    never: /\bMath\.random\b/,
    because: 'a run that cannot be repeated cannot be explained',
  },
  {
    name: 'only config reads the environment',
    where: /^(platform|workers|main|renderer|preload)\//,
    except: /^platform\/config\.ts$/,
    never: /\bprocess\.env\b/,
    because: 'contango config explain must be able to say where a value came from',
  },
  {
    name: 'the log is the only voice of the host',
    where: /^(platform|workers|main)\//,
    except: /^main\/(cli\/|headless\.ts$)/,
    never: /\bconsole\.(log|info|warn|error|debug)\b/,
    because: 'the Log panel and the log file must show what happened',
  },
  {
    name: 'no dumping ground',
    where: /(^|\/)(utils?|helpers?|common|misc|manager)(\/|\.tsx?$)/,
    never: /[\s\S]/,
    because: 'a file is named for the noun inside',
  },
]

/** Names of the files that pass 400 lines, with their length: a second noun is hiding in each. */
export function overlong(root: string, files: readonly SourceText[]): string[] {
  return files.flatMap(({ file, text }) => {
    const lines = text.split('\n').length
    return lines > 400 ? [`${pathIn(root, file)}: ${lines} lines, at most 400`] : []
  })
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, match => match.replace(/[^\n]/g, ' ')).replace(/(^|[^:'"`\\])\/\/[^\n]*/g, '$1')
}

export function breaches(root: string, files: readonly SourceText[]): string[] {
  return files.flatMap(({ file, text }) => {
    const path = pathIn(root, file)
    const code = withoutComments(text)
    return MANNERS.flatMap(manner => {
      if (!manner.where.test(path) || manner.except?.test(path)) return []
      const hit = manner.never.exec(code)
      if (!hit) return []
      return [`${path}:${code.slice(0, hit.index).split('\n').length} ${manner.name}: ${manner.because}`]
    })
  })
}

const EXPORT = /^export\s+(?:async\s+)?(?:function\*?|class|interface)\s+(\w+)/gm

/** Exported functions, classes and interfaces of core and platform without a sentence before them. */
export function undocumented(root: string, files: readonly SourceText[]): string[] {
  return files.flatMap(({ file, text }) => {
    const path = pathIn(root, file)
    if (!/^(core|platform)\//.test(path)) return []
    return [...text.matchAll(EXPORT)].flatMap(match => {
      const before = text.slice(0, match.index).trimEnd()
      // A short question or unwrap whose name is its whole documentation needs no sentence.
      const plain = /^(is|has|to|from)[A-Z]/.test(match[1]!)
      return before.endsWith('*/') || plain
        ? []
        : [`${path}:${text.slice(0, match.index).split('\n').length} ${match[1]} has no docstring`]
    })
  })
}
