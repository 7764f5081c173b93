import * as fc from 'fast-check'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.ts'
import { countFromContracts, priceFromDollars } from '../../src/core/units.ts'
import type { Market } from '../../src/market/market.ts'
import type { ScannerOptions } from '../../src/scan/registry.ts'
import { BUILT_IN_SCANNERS } from '../../src/scan/registry.ts'
import type { Scanner } from '../../src/scan/scanner.ts'
import { NOON, pingFrame, textFrame } from '../frames.ts'
import type { ReadSignal } from './scan-frames.ts'
import { scanFrames } from './scan-frames.ts'
import { createdFrame, eventFrame, lifecycleFrame, quoteFrame, tradeFrame } from './wire.ts'

const options: ScannerOptions = {
  minChange: priceFromDollars('0.005'),
  minFlow: countFromContracts('1'),
  minPressure: 5,
  exclusive: new Set(['KXTEST'])
}
const NOON_SECONDS = Number(NOON / 1_000_000_000n)
const MARKETS_PER_EVENT = 3

/** The n-th market of all that will ever be. */
function tickerOf(number: number): string {
  return `KXTEST-${Math.floor(number / MARKETS_PER_EVENT)}-${number}`
}

const HAPPENINGS = {
  created: (ticker, at) => createdFrame(ticker, NOON_SECONDS + at + 30, NOON_SECONDS + at + 600),
  cheap: ticker => quoteFrame(ticker, ['0.4000', '10.00'], ['0.6000', '5.00']),
  dear: ticker => quoteFrame(ticker, ['0.5000', '10.00'], ['0.5100', '5.00']),
  crossed: ticker => quoteFrame(ticker, ['0.7000', '10.00'], ['0.5000', '5.00']),
  trade: ticker => tradeFrame(ticker, 'yes', '3.00'),
  settled: ticker => lifecycleFrame(ticker, 'settled')
} as const satisfies Readonly<Record<string, (ticker: string, at: number) => object>>

const happening = fc.record({
  type: fc.constantFrom(...(Object.keys(HAPPENINGS) as (keyof typeof HAPPENINGS)[])),
  /** How many markets ago this one was new. */
  age: fc.nat({ max: 9 })
})

/** Something happens every second, to a new market every other time. */
const frames = fc.array(happening, { minLength: 100, maxLength: 200 }).map(happenings =>
  happenings.flatMap(({ type, age }, at) => {
    const number = Math.max(0, (at >> 1) - age)
    const event = eventFrame(tickerOf(number).slice(0, tickerOf(number).lastIndexOf('-')), 'MECNET')
    return [textFrame(event, at), textFrame(HAPPENINGS[type](tickerOf(number), at), at), pingFrame(at + 0.5)]
  })
)
const maxMarkets = fc.integer({ min: 1, max: 8 })
const batchSizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 })

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

describe('every built-in scanner, while ever new markets come', () => {
  it('keeps no more markets than the tracker knows, and says the same of any batches', () => {
    const heard = new Set<string>()
    fc.assert(
      fc.property(frames, maxMarkets, batchSizes, (frames, maxMarkets, sizes) => {
        const whole = scanAll(frames, maxMarkets)
        expect(whole.forgotten).toBeGreaterThan(10)
        for (const { scanner, table } of whole.tables) {
          // Of arbitrage also their events.
          const subjects = new Set(table.rows.map(([subject]) => subject))
          expect(subjects.size, scanner).toBeLessThanOrEqual(2 * maxMarkets)
        }
        expect(whole.failures).toBe(0)
        expect(scanAll(frames, maxMarkets, sizes)).toEqual(whole)
        for (const { scanner } of whole.signals) heard.add(scanner)
      }),
      { numRuns: 8 }
    )
    expect(heard).toEqual(new Set(Object.keys(BUILT_IN_SCANNERS)))
  })

  it.each([
    ['movers', ['cheap', 'dear']],
    ['opportunities', ['dear']],
    ['arbitrage', ['crossed']],
    ['momentum', ['cheap', 'trade']]
  ] as const)('%s takes a market that comes back for a new one, and tells of it again', (name, happenings) => {
    const hear = (number: number, from: number) =>
      happenings.map((type, at) => textFrame(HAPPENINGS[type](tickerOf(number)), from + at))
    const scanner = BUILT_IN_SCANNERS[name]?.(options)
    if (scanner === undefined) throw new Error(`there is no scanner ${name}`)
    const { signals } = scanFrames(scanner, [...hear(0, 0), ...hear(3, 10), ...hear(0, 20)], { maxMarkets: 1 })
    const told = signals.filter(({ market }) => market === tickerOf(0))
    expect(told.length).toBeGreaterThanOrEqual(2)
    const [first, again] = [told.slice(0, told.length / 2), told.slice(told.length / 2)]
    expect(again.map(contentOf)).toEqual(first.map(contentOf))
  })

  it.each(Object.entries(BUILT_IN_SCANNERS))('%s holds on to no market that was forgotten', async (_, build) => {
    const seen: WeakRef<Market>[] = []
    const witness: Scanner = {
      name: 'witness',
      channels: [],
      onMessage(message, { tracker }) {
        const market = 'market' in message ? tracker.market(message.market) : undefined
        if (market !== undefined) seen.push(new WeakRef(market))
      }
    }
    const types = Object.keys(HAPPENINGS) as (keyof typeof HAPPENINGS)[]
    const frames = Array.from({ length: 1_200 }, (_, at) => {
      const type = types[at % types.length] ?? 'trade'
      return textFrame(HAPPENINGS[type](tickerOf(Math.floor(at / types.length)), at), at)
    })
    const scanner = build(options)
    const { pipeline } = scanFrames(scanner, frames, { scanners: [scanner, witness], maxMarkets: 16 })
    // Until the job ends, a WeakRef keeps what was put into it.
    await new Promise(resolve => setImmediate(resolve))
    collectGarbage()
    const alive = new Set(seen.map(market => market.deref()).filter(market => market !== undefined))
    expect(seen).toHaveLength(frames.length)
    expect(alive.size).toBeLessThanOrEqual(16)
    expect(pipeline.rank(1).length).toBe(1)
  })
})

function contentOf({ kind, values }: ReadSignal): object {
  return { kind, values }
}

function scanAll(frames: readonly Frame[], maxMarkets: number, sizes: readonly number[] = []) {
  const scanners = Object.values(BUILT_IN_SCANNERS).map(build => build(options))
  const [first] = scanners
  if (first === undefined) throw new Error('there are no scanners')
  const { text, signals, pipeline } = scanFrames(first, frames, { scanners, maxMarkets }, sizes)
  const { settled, idle } = pipeline.tracker.forgotten
  const { scannerFailures: failures } = pipeline
  return { text, signals, tables: pipeline.rank(1_000), failures, forgotten: settled + idle }
}
