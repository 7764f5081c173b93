import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.ts'
import { countFromContracts, formatPrice, priceFromDollars, priceOf } from '../../src/core/units.ts'
import type { ScannerOptions } from '../../src/scan/registry.ts'
import { BUILT_IN_SCANNERS } from '../../src/scan/registry.ts'
import { pingFrame, textFrame } from '../frames.ts'
import { practiceFrames } from './practice-frames.ts'
import type { ReadSignal } from './scan-frames.ts'
import { scanFrames } from './scan-frames.ts'
import { eventFrame, lifecycleFrame, quoteFrame, tradeFrame } from './wire.ts'

/** So touchy that every scanner has much to say. */
const options: ScannerOptions = {
  minChange: priceFromDollars('0.005'),
  minFlow: countFromContracts('1'),
  minPressure: 5,
  exhaustive: new Map([['KXTEST', 3]])
}

/** What the practice exchange would send, with gaps. */
const practice = fc
  .record({
    seed: fc.nat(),
    markets: fc.integer({ min: 2, max: 16 }),
    roundLength: fc.integer({ min: 150, max: 600 }),
    advances: fc.integer({ min: 50, max: 400 }),
    lost: fc.integer({ min: 40, max: 1_000 })
  })
  .map(practiceFrames)

const cents = fc.integer({ min: 1, max: 99 }).map(cents => formatPrice(priceOf(100 * cents)))
const ticker = fc.constantFrom('KXTEST-26NOV24-A', 'KXTEST-26NOV24-B', 'KXTEST-26NOV24-C')
const payload = fc.oneof(
  fc.tuple(ticker, cents, cents).map(([ticker, bid, ask]) => quoteFrame(ticker, [bid, '10.00'], [ask, '5.00'])),
  fc
    .tuple(ticker, fc.constantFrom('yes' as const, 'no' as const))
    .map(([ticker, side]) => tradeFrame(ticker, side, '3.00')),
  fc.tuple(ticker, fc.constantFrom('activated', 'deactivated')).map(([ticker, type]) => lifecycleFrame(ticker, type)),
  fc.constant(null)
)
/** Any tickers, trades, pauses and pings of three markets that exclude each other. */
const invented = fc.array(fc.tuple(payload, fc.nat({ max: 20 })), { minLength: 1, maxLength: 60 }).map(entries => {
  let seconds = 0
  const frames = entries.map(([payload, after]) => {
    seconds += after
    return payload === null ? pingFrame(seconds) : textFrame(payload, seconds)
  })
  return [textFrame(eventFrame('KXTEST-26NOV24', 'MECNET')), ...frames]
})

const batchSizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 })

describe('every built-in scanner', () => {
  it.each([
    ['the practice exchange', practice, 8],
    ['invented', invented, 60]
  ])(
    'emits the same signals and ranks the same, however the frames (%s) were cut into batches',
    (_, frames, numRuns) => {
      const heard = new Set<string>()
      fc.assert(
        fc.property(frames, batchSizes, (frames, sizes) => {
          const whole = outcomeOf(frames, [])
          expect(outcomeOf(frames, sizes)).toEqual(whole)
          for (const { scanner } of whole.signals) heard.add(scanner)
        }),
        { numRuns }
      )
      expect(heard.size).toBeGreaterThan(3)
    }
  )
})

function outcomeOf(frames: readonly Frame[], sizes: readonly number[]) {
  const scanners = Object.values(BUILT_IN_SCANNERS).map(build => build(options))
  const [first] = scanners
  if (first === undefined) throw new Error('there are no scanners')
  const { text, signals, pipeline } = scanFrames(first, frames, { scanners }, sizes)
  const failures = pipeline.scannerFailures
  return { text, signals: signals as readonly ReadSignal[], tables: pipeline.rank(30), failures }
}
