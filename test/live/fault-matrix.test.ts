import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FORMS } from '../../src/exchange/faults/fault-forms.ts'
import type { Aftermath, FaultCase } from './faulty-life.ts'
import { liveThrough } from './faulty-life.ts'

/** A fault, what it does to a feed, and how often. */
interface Case extends FaultCase {
  /** Gaps that it makes at least. Default: none at all. */
  readonly gaps?: number
  /** What the feed tells of it, besides gaps, repairs and connections. */
  readonly tells?: readonly object[]
}

/** Thrice on any frame that it can be done to. */
function thrice(fault: string): readonly string[] {
  return [`${fault}@300ms`, `${fault}@600ms`, `${fault}@900ms`]
}

const CASES: Readonly<Record<string, Case>> = {
  'no fault': { faults: [], entries: 0 },
  drop: { faults: ['drop#0@500ms'], reconnects: 1 },
  'drop, one of two connections': { faults: ['drop#0@500ms'], reconnects: 1, connections: 2 },
  'drop again and again': { faults: ['drop#0@300ms', 'drop#1@300ms', 'drop#2@300ms'], entries: 3, reconnects: 3 },
  close: {
    faults: ['close#0@500ms'],
    reconnects: 1,
    tells: [{ type: 'disconnected', reason: 'closed with code 1012' }]
  },
  'close=1001': { faults: ['close=1001#0@500ms'], reconnects: 1 },
  'close=1000': { faults: ['close=1000#0@500ms'], reconnects: 1 },
  silent: {
    faults: ['silent#0@500ms'],
    reconnects: 1,
    silenceSecondsMax: 2,
    tells: [{ type: 'disconnected', reason: 'no frame came for 2 s' }]
  },
  'silent from the beginning': { faults: ['silent#0'], reconnects: 1, silenceSecondsMax: 2 },
  'silent for a while': { faults: ['silent=500ms@500ms'], gaps: 1 },
  'silent while it subscribes': { faults: ['silent=1s#0'], gaps: 1 },
  'skip-seq': { faults: thrice('skip-seq'), entries: 3, gaps: 1 },
  'skip-seq, the first frame of all': { faults: ['skip-seq'], gaps: 1 },
  'repeat-seq': { faults: thrice('repeat-seq'), entries: 3 },
  'reorder-seq': { faults: thrice('reorder-seq'), entries: 3, gaps: 1 },
  delay: { faults: ['delay=200ms,400ms@400ms'] },
  'delay for ever': { faults: ['delay=300ms', 'unknown-type@500ms'] },
  burst: { faults: ['burst=500ms@400ms'] },
  cut: { faults: thrice('cut'), entries: 3, gaps: 1, withTicker: false },
  malformed: { faults: thrice('malformed'), entries: 3 },
  'unknown-type': { faults: thrice('unknown-type'), entries: 3 },
  'unknown-field': { faults: thrice('unknown-field'), entries: 3, withTicker: false },
  huge: { faults: ['huge@500ms'] },
  'huge, more than is taken': { faults: ['huge=70MB#0@500ms'], reconnects: 1 },
  'wrong-sid': { faults: ['wrong-sid@500ms'], gaps: 1, withTicker: false },
  'wrong-sid, the first frame of all': { faults: ['wrong-sid'], gaps: 1, withTicker: false },
  'error=10': { faults: ['error=10#0@500ms'], tells: [{ type: 'resubscribe', reason: 'error 10 (Channel error)' }] },
  'error=25': {
    faults: ['error=25#0@500ms'],
    tells: [{ type: 'resubscribe', channel: 'trade', reason: 'error 25 (Subscription buffer overflow)' }]
  },
  'refuse at first': { faults: ['refuse=503x2'], entries: 2, tells: [{ type: 'connect_failed', attempt: 2 }] },
  'refuse=503': { faults: [], injected: ['refuse=503x2', 'drop#0'], entries: 3, reconnects: 1 },
  'refuse=401': {
    faults: [],
    injected: ['refuse=401x2', 'drop#0'],
    entries: 3,
    reconnects: 1,
    tells: [{ type: 'connect_failed', attempt: 2, delay: 5 }]
  },
  'late-ack': { faults: ['late-ack=20:1'], entries: 3 },
  'late-ack, with the first frame lost': { faults: ['late-ack=20:1', 'skip-seq'], entries: 3, gaps: 1 },
  'late-ack, with a frame lost before it': { faults: ['late-ack=40:1', 'skip-seq@30ms'], entries: 3, gaps: 1 },
  'wrong-clock': { faults: ['wrong-clock=-1h,400ms@400ms'] },
  'wrong-clock, ahead': { faults: ['wrong-clock=1h,400ms@400ms'] },
  'a gap while another is mended': { faults: ['delay=150ms', 'skip-seq@500ms', 'skip-seq@600ms'], entries: 2, gaps: 1 },
  'everything at once': {
    faults: [
      ...thrice('skip-seq'),
      ...thrice('repeat-seq'),
      'malformed#0@500ms',
      'huge#0@600ms',
      'error=25#0@1s',
      'close#0@2s'
    ],
    entries: 10,
    reconnects: 1,
    gaps: 1
  }
}

/** More would only wait for each other. */
const AT_ONCE = 12
const folder = mkdtempSync(join(tmpdir(), 'kws-test-'))
const lives = new Map<string, Promise<Aftermath>>()

beforeAll(async () => {
  const cases = Object.entries(CASES).entries()
  const workThrough = async () => {
    for (const [index, [name, faultCase]] of cases) {
      const life = liveThrough(faultCase, join(folder, String(index)), index + 1)
      lives.set(name, life)
      // Its test tells what went wrong.
      await life.catch(() => {})
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, workThrough))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('has a case for every fault there is', () => {
  const faults = Object.values(CASES).flatMap(({ faults, injected = [] }) => [...faults, ...injected])
  const names = new Set(faults.map(fault => /^[a-z-]+/.exec(fault)?.[0]))
  expect(names).toEqual(new Set(Object.keys(FORMS)))
})

describe.each(Object.entries(CASES))('%s', (name, { reconnects = 0, gaps = 0, tells = [], connections }) => {
  let after: Aftermath
  beforeAll(async () => {
    const life = lives.get(name)
    if (life === undefined) throw new RangeError(`${name} has not been lived through`)
    after = await life
  })

  it('leaves a recording of all that was sent and not lost', () => {
    expect(after.accounts.flatMap(account => account.unexplained())).toEqual([])
    const inventions = after.accounts.filter(({ wasCut }) => !wasCut).map(account => account.inventions())
    expect(inventions.map(({ recorded }) => recorded)).toEqual(inventions.map(({ logged }) => logged))
    expect(after.accounts).toHaveLength(reconnects + (connections ?? 1))
  })

  it('tells exactly what is missing', () => {
    const holes = after.accounts.map(account => account.holes())
    expect(holes.map(({ recorded }) => recorded)).toEqual(holes.map(({ logged }) => logged))
    const missing = after.accounts.flatMap(account => account.gaps())
    const told = after.events.flatMap(event => (event.type === 'gap' ? [event] : []))
    expect(sorted(told)).toEqual(sorted(missing))
    const met = after.irregularities.flatMap(irregularity => (irregularity.type === 'gap' ? [irregularity] : []))
    expect(sorted(met)).toEqual(sorted(missing.filter(({ expected }) => expected > 1)))
    expect(missing.length).toBeGreaterThanOrEqual(gaps)
    expect(gaps === 0 ? missing : []).toEqual([])
  })

  it('is mended: all books are what they are on the exchange, live and replayed', () => {
    expect(after.wrongBooks).toEqual({ live: [], replayed: [] })
    expect(after.events.filter(({ type }) => type === 'reconnect')).toHaveLength(reconnects)
    for (const event of tells) expect(after.events).toContainEqual(expect.objectContaining(event))
    expect(after.events.filter(({ type }) => type === 'refused')).toEqual([])
  })

  it('signals the same live and replayed, and nothing twice', () => {
    const { live, replayed, withoutDuplicates } = after.signals
    expect(live).not.toBe('')
    expect(replayed).toBe(live)
    expect(unhurried(withoutDuplicates)).toEqual(unhurried(live))
  })

  it('lets no scanner take a book for fresh that is not', () => {
    const isDoubtful = connections === undefined
    expect(isDoubtful ? after.probe.violations : []).toEqual([])
    const wasDoubtful = after.events.some(({ type }) => type === 'repaired' || type === 'reconnect')
    expect(after.probe.looks > 0 || !wasDoubtful).toBe(true)
  })
})

interface Bounds {
  readonly connection: number
  readonly sid: number | null
  readonly expected: number
  readonly received: number
}

function sorted(gaps: readonly Bounds[]): string[] {
  return gaps
    .map(({ connection, sid, expected, received }) => `${connection}/${sid} ${expected}-${received}`)
    .toSorted()
}

/** Without the signals of timers, which are due at the first frame after a time, whichever it is. */
function unhurried(signals: string): string[] {
  return signals.split('\n').filter(line => !line.includes('expiring-soon'))
}
