import { existsSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { KwsError, reasonOf } from '../core/errors.ts'
import type { ScannerOptions } from '../scan/registry.ts'
import { BUILT_IN_SCANNERS } from '../scan/registry.ts'
import type { Scanner } from '../scan/scanner.ts'
import * as hooks from './scanner-hooks.ts'

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
  if (!/\.[cm]?[jt]s$/.test(name)) {
    const known = Object.keys(BUILT_IN_SCANNERS).join(', ')
    throw new KwsError('usage', `unknown scanner ${name}: there are ${known}, or give the path of a .js or .ts file`)
  }
  if (!existsSync(path)) throw new KwsError('usage', `no scanner file ${path}`)
  installHooks()
  const module = await importFile(path)
  if (typeof module.default !== 'function') {
    throw new KwsError('scanner', `${path} has no default export that builds a scanner`)
  }
  const scanner: unknown = callBuilder(path, module.default as () => unknown)
  if (!isScanner(scanner)) {
    throw new KwsError('scanner', `${path} builds no scanner: it must have a name and a list of channels`)
  }
  return scanner
}

async function importFile(path: string): Promise<{ readonly default?: unknown }> {
  try {
    return (await import(pathToFileURL(path).href)) as { readonly default?: unknown }
  } catch (error) {
    throw new KwsError('scanner', `cannot load ${path}: ${firstLine(error)}`, { cause: error })
  }
}

function callBuilder(path: string, build: () => unknown): unknown {
  try {
    return build()
  } catch (error) {
    throw new KwsError('scanner', `${path} threw while building its scanner: ${firstLine(error)}`, { cause: error })
  }
}

function isScanner(value: unknown): value is Scanner {
  if (typeof value !== 'object' || value === null) return false
  return 'name' in value && typeof value.name === 'string' && 'channels' in value && Array.isArray(value.channels)
}

function firstLine(error: unknown): string {
  return (
    reasonOf(error)
      .split('\n')
      .find(line => line.trim() !== '') ?? ''
  )
}

let installed = false

function installHooks(): void {
  if (installed) return
  installed = true
  // Node 20 has only the asynchronous hooks, which newer Nodes deprecate; its types know only those.
  const { registerHooks } = nodeModule as { registerHooks?: (hooks: unknown) => void }
  if (registerHooks === undefined) nodeModule.register('./scanner-hooks.js', import.meta.url)
  else registerHooks(hooks)
}
