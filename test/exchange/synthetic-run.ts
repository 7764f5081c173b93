import * as fc from 'fast-check'
import type { Change } from '../../src/exchange/change.ts'
import type { SyntheticExchange } from '../../src/exchange/synthetic-exchange.ts'

/** Of any small synthetic exchange. */
export const options = fc.record({
  seed: fc.maxSafeInteger(),
  markets: fc.integer({ min: 1, max: 24 }),
  roundLength: fc.integer({ min: 150, max: 2_000 }),
  era: fc.constantFrom('legacy' as const, 'dual' as const, 'current' as const)
})

/** What happens in the next advances. */
export function changesOf(exchange: SyntheticExchange, advances: number): Change[] {
  return Array.from({ length: advances }, () => exchange.advance()).flat()
}
