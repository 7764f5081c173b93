import { expect, test } from 'vitest'
import { SeededRandom } from '../../src/exchange/seeded-random.ts'
import { WeightedChoice } from '../../src/exchange/weighted-choice.ts'

test('each position is drawn as often as its weight says, and one of no weight never', () => {
  const choice = new WeightedChoice([4, 0, 1, 3])
  const random = new SeededRandom(1)
  const drawn = [0, 0, 0, 0]
  for (let draws = 0; draws < 8_000; draws++) {
    const position = choice.draw(random)
    drawn[position] = (drawn[position] ?? 0) + 1
  }
  const shares = drawn.map(times => times / 1_000)
  for (const [position, weight] of [4, 0, 1, 3].entries())
    expect(Math.abs((shares[position] ?? 0) - weight)).toBeLessThan(0.2)
  expect(drawn[1]).toBe(0)
})
