import { beforeEach, describe, expect, it } from 'vitest'
import { BookRepair } from '../../src/live/book-repair.ts'

let held: Set<string>
let said: string[]
let repair: BookRepair

beforeEach(() => {
  held = new Set(['A', 'B', 'C'])
  said = []
  repair = new BookRepair({
    held: () => held,
    askForSnapshots: tickers => said.push(`ask ${tickers.join(',')}`),
    resubscribe: reason => said.push(`resubscribe: ${reason}`),
    drop: reason => said.push(`drop: ${reason}`),
    repaired: ({ by, markets, unanswered, milliseconds }) =>
      said.push(`repaired ${markets} by ${by} in ${milliseconds} ms, ${unanswered} unanswered`)
  })
})

/** Ticks from a time on to another, each 200 ms later than the one before. */
function tick(from: number, to: number): void {
  for (let now = from; now <= to; now += 200) repair.tick(now)
}

describe('all books of a subscription', () => {
  it('are asked for at once, and are repaired with the last snapshot', () => {
    repair.beginAll(1_000)
    repair.snapshot('A', 1, 1_010)
    repair.snapshot('B', 1, 1_020)
    expect(said).toEqual(['ask A,B,C'])
    repair.snapshot('C', 1, 1_030)
    tick(1_100, 60_000)
    expect(said).toEqual(['ask A,B,C', 'repaired 3 by get_snapshot in 30 ms, 0 unanswered'])
  })

  it('are subscribed to anew when no snapshot comes, and the connection is dropped when none comes then', () => {
    repair.beginAll(0)
    tick(0, 4_800)
    expect(said).toEqual(['ask A,B,C'])
    tick(5_000, 9_800)
    expect(said.slice(1)).toEqual(['resubscribe: no snapshot came'])
    tick(10_000, 10_000)
    expect(said.slice(2)).toEqual(['drop: no snapshot came after subscribing anew'])
  })

  it('are repaired by the new subscription', () => {
    repair.beginAll(0)
    tick(0, 5_000)
    repair.renewed(5_100)
    for (const ticker of ['A', 'B', 'C']) repair.snapshot(ticker, 2, 5_200)
    expect(said.at(-1)).toBe('repaired 3 by resubscribe in 5200 ms, 0 unanswered')
  })

  it('are asked for once more where only some came, and the rest is let go', () => {
    repair.beginAll(0)
    repair.snapshot('B', 1, 100)
    tick(200, 5_000)
    expect(said).toEqual(['ask A,B,C'])
    tick(5_200, 10_000)
    expect(said.slice(1)).toEqual(['ask A,C'])
    repair.snapshot('C', 1, 10_050)
    tick(10_200, 60_000)
    expect(said.slice(2)).toEqual(['repaired 2 by get_snapshot in 15200 ms, 1 unanswered'])
  })

  it('are not waited for while snapshots keep coming', () => {
    held = new Set(Array.from({ length: 100 }, (_, index) => `M${index}`))
    repair.beginAll(0)
    for (let index = 0; index < 100; index++) {
      repair.snapshot(`M${index}`, 1, index * 1_000)
      repair.tick(index * 1_000)
    }
    expect(said).toHaveLength(2)
    expect(said[1]).toBe('repaired 100 by get_snapshot in 99000 ms, 0 unanswered')
  })

  it('are all asked for again at another gap', () => {
    repair.beginAll(0)
    repair.snapshot('A', 1, 100)
    repair.beginAll(200)
    for (const ticker of ['A', 'B', 'C']) repair.snapshot(ticker, 1, 300)
    expect(said).toEqual(['ask A,B,C', 'ask B,C,A', 'repaired 3 by get_snapshot in 300 ms, 0 unanswered'])
  })

  it('are not waited for once they have been taken away', () => {
    repair.beginAll(0)
    held.clear()
    held.add('D')
    tick(200, 60_000)
    expect(said).toEqual(['ask A,B,C', 'repaired 0 by get_snapshot in 5000 ms, 0 unanswered'])
  })

  it('are repaired at once when the markets are over whose snapshots are still awaited', () => {
    repair.beginAll(0)
    repair.snapshot('A', 1, 100)
    repair.gone(['B', 'X'], 150)
    expect(said).toEqual(['ask A,B,C'])
    repair.gone(['C'], 200)
    expect(said.slice(1)).toEqual(['repaired 1 by get_snapshot in 200 ms, 0 unanswered'])
    tick(200, 60_000)
    expect(said).toHaveLength(2)
  })

  it('are waited for as long as the subscription is not there', () => {
    repair.beginAll(0)
    repair.interrupted()
    tick(200, 120_000)
    expect(said).toEqual(['ask A,B,C'])
    repair.renewed(120_000)
    for (const ticker of ['A', 'B', 'C']) repair.snapshot(ticker, 2, 120_100)
    expect(said).toHaveLength(2)
  })
})

describe('single books', () => {
  it('are asked for together, at the next tick', () => {
    repair.spoiled('A')
    repair.spoiled('B')
    repair.spoiled('A')
    expect(said).toEqual([])
    repair.tick(200)
    repair.snapshot('A', 1, 250)
    repair.snapshot('B', 1, 300)
    tick(400, 60_000)
    expect(said).toEqual(['ask A,B', 'repaired 2 by get_snapshot in 100 ms, 0 unanswered'])
  })

  it('are asked for twice, then let go without touching the subscription', () => {
    repair.spoiled('A')
    tick(0, 60_000)
    expect(said).toEqual(['ask A', 'ask A', 'repaired 0 by get_snapshot in 10000 ms, 1 unanswered'])
  })

  it('that spoil again and again are asked for every five seconds, and the last time is not forgotten', () => {
    for (let now = 0; now < 60_000; now += 200) {
      if (now < 20_000) repair.spoiled('A')
      repair.tick(now)
      if (said.at(-1) === 'ask A') repair.snapshot('A', 1, now)
    }
    expect(said.filter(line => line === 'ask A')).toHaveLength(5)
  })

  it('that are repaired by chance before are not asked for', () => {
    repair.spoiled('A')
    repair.snapshot('A', 1, 100)
    tick(200, 60_000)
    expect(said).toEqual([])
  })

  it('of markets that are over are not asked for', () => {
    repair.spoiled('A')
    repair.expect(['B'], 0)
    repair.gone(['A', 'B'], 100)
    tick(200, 60_000)
    expect(said).toEqual([])
  })

  it('of markets that nobody holds are none', () => {
    repair.spoiled('X')
    tick(200, 60_000)
    expect(said).toEqual([])
  })
})

describe('first snapshots', () => {
  it('come by themselves', () => {
    repair.expect(['A', 'B', 'C'], 0)
    for (const ticker of ['A', 'B', 'C']) repair.snapshot(ticker, 1, 100)
    tick(200, 60_000)
    expect(said).toEqual([])
  })

  it('may come before the acknowledgement', () => {
    for (const ticker of ['A', 'B', 'C']) repair.snapshot(ticker, 1, 100)
    repair.expect(['A', 'B', 'C'], 200)
    tick(200, 60_000)
    expect(said).toEqual([])
  })

  it('are asked for where they do not come', () => {
    repair.expect(['A', 'B', 'C'], 0)
    repair.snapshot('B', 1, 100)
    tick(200, 4_800)
    expect(said).toEqual([])
    tick(5_000, 5_000)
    expect(said).toEqual(['ask A,C'])
  })

  it('of another sid count for nothing', () => {
    for (const ticker of ['A', 'B', 'C']) repair.snapshot(ticker, 1, 0)
    repair.snapshot('A', 2, 100)
    repair.expect(['A', 'B', 'C'], 200)
    tick(400, 5_200)
    expect(said).toEqual(['ask B,C'])
  })

  it('that came before a gap are awaited once more, where the acknowledgement came after it', () => {
    held = new Set()
    for (const ticker of ['A', 'B']) repair.snapshot(ticker, 1, 0)
    repair.beginAll(100)
    held = new Set(['A', 'B'])
    repair.expect(['A', 'B'], 200)
    tick(200, 5_200)
    expect(said).toEqual(['ask A,B'])
  })
})
