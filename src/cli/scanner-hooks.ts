import { readFileSync } from 'node:fs'
import type { LoadFnOutput, LoadHookContext, ResolveFnOutput, ResolveHookContext } from 'node:module'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { transformSync } from '@swc/wasm-typescript'
import { reasonOf } from '../core/errors.ts'

/**
 * Module hooks for a user's scanner, wherever its file lies: `kws` is this very library, and types are stripped from
 * `.ts` files in the same way on every Node. Written so that they serve both the synchronous hooks of newer Nodes and
 * the asynchronous ones of Node 20.
 */

export function resolve<Next>(
  specifier: string,
  context: ResolveHookContext,
  next: (specifier: string, context: ResolveHookContext) => Next
): ResolveFnOutput | Next {
  if (specifier === 'kws') return { url: new URL('../index.js', import.meta.url).href, shortCircuit: true }
  return next(specifier, context)
}

export function load<Next>(
  url: string,
  context: LoadHookContext,
  next: (url: string, context: LoadHookContext) => Next
): LoadFnOutput | Next {
  if (!/^file:.*\.m?ts$/.test(url)) return next(url, context)
  return { format: 'module', source: withoutTypes(fileURLToPath(url)), shortCircuit: true }
}

function withoutTypes(file: string): string {
  try {
    return transformSync(readFileSync(file, 'utf8'), { mode: 'strip-only', filename: file }).code
  } catch (error) {
    // The stripper throws plain objects.
    const { startLine, startColumn } = error as { readonly startLine?: number; readonly startColumn?: number }
    if (startLine === undefined || startColumn === undefined) throw error
    throw new SyntaxError(`${reasonOf(error)} (${basename(file)}:${startLine}:${startColumn + 1})`, { cause: error })
  }
}
