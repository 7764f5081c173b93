import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { FaultyRun, delta, ok, range } from './faulty-run.ts'
import { settle } from './manual-clock.ts'

const CUT = 'cut:0.1'
const SILENT = 'silent=500ms every 2s'

/** Faults that change what a client gets without cutting it off; the times are within the run. */
const FAULTS = [
  'skip-seq:0.1',
  'repeat-seq:0.1',
  'reorder-seq:0.1',
  CUT,
  'unknown-field:0.1',
  'wrong-sid:0.1',
  'malformed:0.1',
  'unknown-type:0.1',
  'huge=1kB:0.05',
  'late-ack=3:0.5',
  SILENT,
  'delay=300ms,1s every 3s',
  'burst=400ms every 1s',
  'wrong-clock=-1h,1s every 2s'
]

const input = fc.record({
  seed: fc.nat(),
  // What is left of a cut frame may be read by the faults after it, which would account for it once more.
  faults: fc
    .uniqueArray(fc.constantFrom(...FAULTS), { minLength: 1, maxLength: 4 })
    .filter(faults => !faults.slice(0, -1).includes(CUT) && !(faults.includes(CUT) && faults.includes(SILENT))),
  /** Which sid sends next, and how many milliseconds pass after it; every tenth frame is a reply. */
  steps: fc.array(fc.record({ sid: fc.integer({ min: 1, max: 3 }), wait: fc.integer({ min: 0, max: 200 }) }), {
    minLength: 20,
    maxLength: 120
  })
})

/** By how much each frame falls short of coming once: 1 for one that never came, -1 for one that came twice. */
class Shortfall {
  readonly #missing = new Map<string, number>()

  /** Of frames without a sid there is nothing to keep. */
  change({ sid, seq }: { readonly sid?: number | undefined; readonly seq?: number | undefined }, by: number): void {
    if (sid === undefined) return
    const name = `${sid}/${seq}`
    this.#missing.set(name, (this.#missing.get(name) ?? 0) + by)
  }

  /** What is missing of a run of one sid, and thereby explained. */
  take(sid: number | undefined, first: number, last: number): number {
    let taken = 0
    for (const seq of range(first, last)) {
      const missing = this.#missing.get(`${sid}/${seq}`) ?? 0
      taken += missing
      this.#missing.delete(`${sid}/${seq}`)
    }
    return taken
  }

  unexplained(): string[] {
    return [...this.#missing].filter(([, missing]) => missing !== 0).map(([name]) => name)
  }
}

test('what went in is what came out and what the log says', async () => {
  await fc.assert(
    fc.asyncProperty(input, async ({ seed, faults, steps }) => {
      const run = new FaultyRun(faults, seed)
      const { link, sent, disconnect } = run.connect()
      const shortfall = new Shortfall()
      const seqs = [0, 0, 0, 0]
      for (const [index, { sid, wait }] of steps.entries()) {
        const seq = (seqs[sid] = (seqs[sid] ?? 0) + 1)
        link.send(index % 10 === 9 ? ok(index, sid, seq) : delta(sid, seq))
        shortfall.change({ sid, seq }, 1)
        await run.clock.advance(wait)
      }
      await run.clock.advance(5_000)
      disconnect()
      await settle()

      for (const text of sent) shortfall.change(readable(text), -1)
      for (const { fault, sid, seq, sentSid } of run.log) {
        if (fault === 'skip-seq' || fault === 'cut' || fault === 'wrong-sid') shortfall.change({ sid, seq }, -1)
        if (fault === 'wrong-sid') shortfall.change({ sid: sentSid, seq }, 1)
        if (fault === 'repeat-seq') shortfall.change({ sid, seq }, 1)
      }
      const lost = run.log.flatMap(({ lost = [] }) => lost).filter(({ sid }) => sid !== undefined)
      for (const sid of new Set(lost.map(({ sid }) => sid))) {
        const runs = lost.filter(run => run.sid === sid)
        const taken = runs.map(({ first = 0, last = 0 }) => shortfall.take(sid, first, last))
        expect(sum(taken)).toBe(sum(runs.map(({ frames }) => frames)))
      }
      expect(shortfall.unexplained()).toEqual([])
    }),
    { numRuns: 60 }
  )
})

function readable(text: string): { readonly sid?: number; readonly seq?: number } {
  try {
    return JSON.parse(text) as { sid?: number; seq?: number }
  } catch {
    return {}
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}
