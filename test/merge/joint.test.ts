import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.ts'
import { countsOf, judgeMerge, lineOf, toldIn } from './judge.ts'
import { mergeFrames } from './merged.ts'
import type { Losses } from './two-recorders.ts'
import { recordTogether } from './two-recorders.ts'

const losses: fc.Arbitrary<Losses> = fc.record({
  skip: fc.constantFrom(0, 0.01, 0.05, 0.3),
  cut: fc.constantFrom(0, 0.01, 0.03),
  away: fc.constantFrom(3, 20, 80)
})

/** Merges what recorders of one exchange get, and returns what is wrong with the result. */
async function faultsAfter(seed: number, all: readonly Losses[], steps = 250): Promise<readonly string[]> {
  const { truth, recorded } = recordTogether(seed, all, { steps })
  const [base = [], ...others] = recorded
  return judgeMerge(truth, recorded, (await mergeFrames(base, ...others)).frames).faults
}

function sortedCounts(frames: readonly Frame[]): readonly (readonly [string, number])[] {
  return [...countsOf(toldIn(frames))].sort(([one], [other]) => (one < other ? -1 : 1))
}

describe('recorders of one exchange', () => {
  it('have together every message that one has, once, and never a wrong book', async () => {
    const several = fc.array(losses, { minLength: 2, maxLength: 2 })
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), several, async (seed, all) => {
        expect(await faultsAfter(seed, all, 150)).toEqual([])
      }),
      { numRuns: 40, endOnFailure: true }
    )
  }, 60_000)

  it('lose and repeat no message where they are three', async () => {
    const three = fc.array(losses, { minLength: 3, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), three, async (seed, all) => {
        const faults = await faultsAfter(seed, all, 150)
        // A snapshot may be older than what was told before it; docs/merge.md says so.
        expect(faults.filter(fault => !fault.startsWith('wrong book: orderbook_snapshot'))).toEqual([])
      }),
      { numRuns: 10, endOnFailure: true }
    )
  }, 60_000)

  it.each<[seed: number, losses: readonly Losses[]]>([
    [
      684,
      [
        { skip: 0, cut: 0.03, away: 20 },
        { skip: 0, cut: 0.03, away: 3 }
      ]
    ],
    [
      9996,
      [
        { skip: 0.3, cut: 0, away: 3 },
        { skip: 0.3, cut: 0, away: 80 }
      ]
    ],
    [
      8,
      [
        { skip: 0.3, cut: 0.01, away: 80 },
        { skip: 0.3, cut: 0.01, away: 20 }
      ]
    ],
    [
      60179,
      [
        { skip: 0.05, cut: 0.01, away: 20 },
        { skip: 0.3, away: 20 },
        { skip: 0.3, cut: 0.01, away: 3 }
      ]
    ],
    [1155, [{ skip: 0.3 }, { skip: 0.3 }, { skip: 0.3, cut: 0.01 }]]
  ])('have nothing wrong in practice %i', async (seed, all) => {
    expect(await faultsAfter(seed, all)).toEqual([])
  })

  it('have nothing wrong where each asked for other markets', async () => {
    const [first, second]: Losses[] = [
      { skip: 0.05, cut: 0.01, away: 20, wants: (_, index) => index !== 1 },
      { skip: 0.05, cut: 0.01, away: 20, wants: (_, index) => index > 0 }
    ]
    for (const seed of [21, 22, 23]) expect(await faultsAfter(seed, [first ?? {}, second ?? {}])).toEqual([])
  })

  it('have nothing wrong where one has NO prices on the YES leg', async () => {
    const all: Losses[] = [{ skip: 0.05, cut: 0.01, away: 20, useYesPrice: true }, { skip: 0.05 }]
    for (const seed of [31, 32]) {
      expect(await faultsAfter(seed, all)).toEqual([])
      expect(await faultsAfter(seed, all.toReversed())).toEqual([])
    }
  })

  it('have nothing wrong where neither the events nor the commands of one were recorded', async () => {
    const all: Losses[] = [{ skip: 0.02 }, { skip: 0.02, isBare: true }]
    for (const seed of [41, 42]) {
      expect(await faultsAfter(seed, all)).toEqual([])
      expect(await faultsAfter(seed, all.toReversed())).toEqual([])
    }
  })

  it('are the base again where the other is the same', async () => {
    const { recorded } = recordTogether(5, [{ skip: 0.05, cut: 0.02, away: 30 }])
    const [base = []] = recorded
    expect((await mergeFrames(base, base)).frames.map(lineOf)).toEqual(base.map(lineOf))
    expect((await mergeFrames(base, base, base)).frames.map(lineOf)).toEqual(base.map(lineOf))
  })

  it('have the same messages in either order', async () => {
    const { recorded } = recordTogether(6, [
      { skip: 0.1, cut: 0.02, away: 30 },
      { skip: 0.1, cut: 0.02, away: 30 }
    ])
    const [a = [], b = []] = recorded
    const one = sortedCounts((await mergeFrames(a, b)).frames)
    expect(one).toEqual(sortedCounts((await mergeFrames(b, a)).frames))
    expect(one.length).toBeGreaterThan(sortedCounts(a).length)
  })

  it('fill the gaps of each other in its own seq, and go on for each other', async () => {
    const { recorded, truth } = recordTogether(7, [{ skip: 0.02, cut: 0.01, away: 40 }, {}])
    const [base = [], other = []] = recorded
    const { frames, counts } = await mergeFrames(base, other)
    const { faults, fresh, lost } = judgeMerge(truth, recorded, frames)
    expect(faults).toEqual([])
    // What is left is of snapshots that were lost, which the other cannot have.
    expect(counts).toMatchObject([{ baseGaps: 11, filledGaps: 8, otherGaps: 0, doubted: 0 }])
    expect(lost / fresh).toBeLessThan(0.02)
  })
})
