import { existsSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { KwsError, reasonOf } from '../core/errors.ts'
import { checkScanner } from '../scan/check-scanner.ts'
import { isolated } from '../scan/isolated.ts'
import type { ScannerOptions } from '../scan/registry.ts'
import { BUILT_IN_SCANNERS } from '../scan/registry.ts'
import type { Scanner } from '../scan/scanner.ts'
import { nearest } from './nearest.ts'
import { watchUserCode } from './stray-failure.ts'

const SCANNER_FILE = /\.([cm]?js|m?ts)$/

/**
 * The scanners of the command line: names of built-in ones, or files whose default export builds one. A file may be
 * JavaScript or TypeScript and needs no build step.
 */
export async function loadScanners(names: readonly string[], options: ScannerOptions): Promise<Scanner[]> {
  const scanners: Scanner[] = []
  for (const name of names) {
    const build = Object.hasOwn(BUILT_IN_SCANNERS, name) ? BUILT_IN_SCANNERS[name] : undefined
    scanners.push(build === undefined ? await loadFile(name) : build(options))
  }
  return scanners
}

async function loadFile(name: string): Promise<Scanner> {
  const path = resolve(name)
  if (name.endsWith('.cts')) {
    throw new KwsError(
      'usage',
      `${path} cannot be loaded: write it as a module, with import and export, and name it .ts`
    )
  }
  if (!SCANNER_FILE.test(name)) throw unknownScanner(name)
  if (!existsSync(path)) throw new KwsError('usage', `no scanner file ${path}`)
  await installHooks()
  watchUserCode()
  const module = await importFile(path)
  const built = build(path, module.default)
  try {
    return isolated(checkScanner(built))
  } catch (error) {
    throw new KwsError('scanner', `${path} builds no scanner: ${reasonOf(error)}`, { cause: error })
  }
}

function unknownScanner(name: string): KwsError {
  const known = Object.keys(BUILT_IN_SCANNERS)
  const meant = nearest(name, known)
  const hint = meant === undefined ? '' : `, did you mean ${meant}?`
  const choice = `there are ${known.join(', ')}, or give the path of a .js or .ts file`
  return new KwsError('usage', `unknown scanner ${name}${hint === '' ? ':' : hint} ${choice}`)
}

async function importFile(path: string): Promise<{ readonly default?: unknown }> {
  const stuck = new AbortController()
  // Nothing is left that could still happen, and the file is not loaded yet. Without this Node would end here, silently.
  const onStuck = () => stuck.abort()
  process.once('beforeExit', onStuck)
  const neverLoaded = new Promise<never>((_, reject) => {
    stuck.signal.addEventListener('abort', () => reject(new Error('an await at its top level never ends')))
  })
  try {
    const loaded = import(pathToFileURL(path).href) as Promise<{ readonly default?: unknown }>
    return await Promise.race([loaded, neverLoaded])
  } catch (error) {
    throw new KwsError('scanner', `cannot load ${path}: ${reasonOf(error)}`, { cause: error })
  } finally {
    process.removeListener('beforeExit', onStuck)
  }
}

/** Calls the default export, or makes an object of it where it is a class. */
function build(path: string, builder: unknown): unknown {
  if (typeof builder !== 'function') {
    throw new KwsError('scanner', `${path} has no default export that builds a scanner: export default a function`)
  }
  let built: unknown
  try {
    built = isClass(builder) ? (Reflect.construct(builder, []) as unknown) : (builder as () => unknown)()
  } catch (error) {
    throw new KwsError('scanner', `${path} threw while building its scanner: ${reasonOf(error)}`, { cause: error })
  }
  if (!(built instanceof Promise)) return built
  built.catch(() => undefined)
  throw new KwsError('scanner', `${path} builds its scanner with a promise: leave out async, or await at its top level`)
}

function isClass(builder: object): boolean {
  return /^class\b/.test(Function.prototype.toString.call(builder))
}

let installed = false

async function installHooks(): Promise<void> {
  if (installed) return
  installed = true
  // Node 20 has only the asynchronous hooks, which newer Nodes deprecate; its types know only those.
  const { registerHooks } = nodeModule as { registerHooks?: (hooks: unknown) => void }
  if (registerHooks === undefined) nodeModule.register('./scanner-hooks.js', import.meta.url)
  // The type stripper takes longer to load than all else: only where a scanner is a file.
  else registerHooks(await import('./scanner-hooks.ts'))
}
