import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

/** What each folder of `src` may import besides itself, from its own level downwards. A file at the top stands for itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  protocol: ['core'],
  recording: ['core'],
  market: ['core', 'protocol'],
  // It mends what the tracker finds missing.
  live: ['core', 'protocol', 'market'],
  replay: ['core', 'recording'],
  // It keeps beside a recording what the decoder makes of it.
  cache: ['core', 'protocol', 'recording'],
  // The server plays recordings: it reads them through replay, and follows their books through market.
  exchange: ['core', 'protocol', 'market', 'recording', 'replay'],
  scan: ['core', 'protocol', 'market'],
  'pipeline.ts': ['core', 'protocol', 'market', 'scan'],
  'kalshi-web-socket.ts': ['core', 'protocol', 'market', 'live', 'pipeline.ts'],
  sink: ['core', 'protocol', 'market', 'scan'],
  audit: ['core', 'protocol', 'market', 'recording', 'pipeline.ts'],
  export: ['core', 'protocol', 'market', 'replay', 'pipeline.ts'],
  // It tells what is missing in the words of the audit.
  merge: ['core', 'protocol', 'market', 'recording', 'audit'],
  'index.ts': [
    'core',
    'protocol',
    'market',
    'recording',
    'cache',
    'live',
    'replay',
    'scan',
    'pipeline.ts',
    'kalshi-web-socket.ts'
  ],
  cli: [
    'core',
    'protocol',
    'market',
    'recording',
    'cache',
    'live',
    'replay',
    'exchange',
    'scan',
    'pipeline.ts',
    'sink',
    'audit',
    'export',
    'merge'
  ]
}

/** Packages that live in one place, so that each can be replaced there. */
const PACKAGE_HOMES: Readonly<Record<string, readonly string[]>> = {
  zod: ['protocol'],
  'apache-arrow': ['recording', 'cache', 'export'],
  'hyparquet-writer': ['export'],
  '@bokuweb/zstd-wasm': ['recording'],
  libsql: ['sink'],
  ws: ['live', 'exchange'],
  commander: ['cli'],
  pino: ['cli'],
  '@swc/wasm-typescript': ['cli']
}

/** Below the feed: no clock, no timer, no randomness, or a replay would not be what it was live. */
const PURE: ReadonlySet<string> = new Set(['core', 'protocol', 'market', 'scan', 'pipeline.ts'])
const CLOCK = 'core/clock.ts'
/** The linter forbids the usual spellings everywhere; here all of them are. `new Date(time)` writes a time. */
const IMPURITIES =
  /\bDate\.now\b|\bDate\(\)|\bperformance\b|\bset(?:Timeout|Interval|Immediate)\b|\bqueueMicrotask\b|\bMath\.random\b|\bcrypto\b|(?:= |\b)process(?=\.|$)|\bsystemClock\b/g
const COMMENTS = /\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm

const SOURCE = resolve('src')
const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))

describe('architecture', () => {
  it('places every file of the project in the layer table', () => {
    expect(files.length).toBeGreaterThan(40)
    expect(new Set(files.map(placeOf))).toEqual(new Set(Object.keys(MAY_IMPORT)))
  })

  it.each(files)('%s imports only what lies below it', file => {
    expect(importsOf(file).filter(specifier => !isAllowed(file, specifier))).toEqual([])
  })

  it.each(files.filter(file => PURE.has(placeOf(file)) && file !== CLOCK))(
    '%s is a pure function of frames: it uses nothing of the platform',
    file => {
      const builtIn = importsOf(file).filter(specifier => specifier.startsWith('node:') && specifier !== 'node:buffer')
      expect(builtIn).toEqual([])
      expect(impuritiesIn(readFileSync(join(SOURCE, file), 'utf8'))).toEqual([])
    }
  )

  it.each([
    'Date.now()',
    'globalThis.Date.now()',
    'new Date()',
    'Date()',
    'performance.now()',
    'globalThis.performance.now()',
    'setTimeout(go, 1)',
    'globalThis.setTimeout(go, 1)',
    'setInterval(go, 1)',
    'setImmediate(go)',
    'queueMicrotask(go)',
    'process.hrtime.bigint()',
    'process.nextTick(go)',
    'const { hrtime } = process',
    'Math.random()',
    'crypto.randomUUID()',
    'systemClock()'
  ])('does not let %s pass there', code => {
    expect(impuritiesIn(`const fine = new Date(0) // not Date.now\nlet x = ${code}`)).toHaveLength(1)
  })

  it('sees code behind comments and lets comments be', () => {
    expect(impuritiesIn('/** Not `Date.now()`. */ let x = 1 // nor setTimeout\n')).toEqual([])
    expect(impuritiesIn('/* a */ let x = Math.random() /* b */')).toEqual(['Math.random'])
    expect(impuritiesIn(readFileSync(join(SOURCE, CLOCK), 'utf8')).length).toBeGreaterThan(2)
  })
})

function impuritiesIn(code: string): string[] {
  return code.replaceAll(COMMENTS, '').match(IMPURITIES) ?? []
}

function isAllowed(file: string, specifier: string): boolean {
  const place = placeOf(file)
  if (specifier.startsWith('.')) {
    const target = placeOf(relative(SOURCE, resolve(SOURCE, dirname(file), specifier)))
    return target === place || (MAY_IMPORT[place] ?? []).includes(target)
  }
  const homes = PACKAGE_HOMES[packageOf(specifier)]
  return homes === undefined ? specifier.startsWith('node:') : homes.includes(place)
}

function placeOf(file: string): string {
  return file.split('/')[0] ?? file
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(SOURCE, file), 'utf8')
  const matches = text.matchAll(/^(?:import|export)\b[^'"]*\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm)
  return [...matches].map(match => match[1] ?? match[2] ?? match[3] ?? '')
}

function packageOf(specifier: string): string {
  const parts = specifier.split('/')
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier)
}
