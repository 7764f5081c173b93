import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { batchOf } from '../../src/core/frame-batch-builder.ts'
import type { Frame } from '../../src/core/frame.ts'
import { framesOf } from '../../src/core/frame.ts'
import type { Recording } from '../../src/recording/recording.ts'
import { openRecording } from '../../src/recording/recording.ts'
import type { ReplayOptions } from '../../src/replay/replay-feed.ts'
import { ReplayFeed } from '../../src/replay/replay-feed.ts'
import { frame, frames, framesIn, record, SECOND, START } from '../recording/frames.ts'
import { VirtualClock } from '../recording/virtual-clock.ts'

describe('ReplayFeed at full speed', () => {
  it('hands on the batches of one recording as they are, without sleeping', async () => {
    const batches = [batchOf([frame({ at: 0 }), frame({ at: 60 })]), batchOf([frame({ at: 3600 })])]
    const clock = new VirtualClock()
    const received = []
    for await (const batch of new ReplayFeed([recordingOf(batches)], { clock })) received.push(batch)
    expect(received.every((batch, index) => batch === batches[index])).toBe(true)
    expect(clock.sleeps).toBe(0)
  })

  it('plays what was recorded', async () => {
    const all = [[frame({ at: 0, payload: 'a' })], [frame({ at: 1, payload: 'b' }), frame({ at: 2, payload: 'c' })]]
    const recording = await openRecording(await record(all))
    expect(await framesIn(new ReplayFeed([recording], { clock: systemClock() }))).toEqual(all.flat())
  })

  it('merges recordings by receive time, keeps each one’s own order, and never mixes their connections', async () => {
    const some = fc.array(frames, { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(fc.array(some, { minLength: 2, maxLength: 4 }), async given => {
        // Connections of a recording are few: there is room for a million.
        const recordings = given.map(batches =>
          batches.map(batch => batch.map(frame => ({ ...frame, connection: frame.connection % 2 ** 20 })))
        )
        const feed = new ReplayFeed(
          recordings.map(batches => recordingOf(batches.map(batchOf))),
          { clock: new VirtualClock() }
        )
        const merged = await framesIn(feed)
        expect(merged).toHaveLength(recordings.flat(2).length)
        recordings.forEach((batches, index) => {
          const own = merged.filter(({ connection }) => connection >>> 20 === index)
          expect(own.map(frame => ({ ...frame, connection: frame.connection % 2 ** 20 }))).toEqual(batches.flat())
        })
      }),
      { numRuns: 50 }
    )
  })

  it('orders merged frames by time, and those of one time by their recordings', async () => {
    const one = recordingOf([batchOf([frame({ at: 1, payload: 'a' }), frame({ at: 3, payload: 'd' })])])
    const two = recordingOf([
      batchOf([frame({ at: 1, payload: 'b' })]),
      batchOf([]),
      batchOf([frame({ at: 2, payload: 'c' })])
    ])
    expect(texts(await framesIn(new ReplayFeed([one, two], { clock: new VirtualClock() }))).join('')).toBe('abcd')
  })

  it('knows of each connection whether its capture was filtered', () => {
    const feed = new ReplayFeed([recordingOf([]), recordingOf([], true)], { clock: new VirtualClock() })
    expect([0, 7, 2 ** 20, 2 ** 20 + 7].map(connection => feed.isFiltered(connection))).toEqual([
      false,
      false,
      true,
      true
    ])
  })

  it('ends at the first frame after the range, though a clock is set back behind it', async () => {
    const recording = seconds([0, 1, 2, 3, 1])
    expect(await playedAt([recording], { to: START + 2n * SECOND })).toEqual(['0', '0', '0'])
  })
})

describe('ReplayFeed at a pace', () => {
  it('delivers each frame at its distance in recorded time, divided by the speed, the last one too', async () => {
    const recording = seconds([0, 0.5, 0.5, 7, 30], [31, 60])
    expect(await playedAt([recording], { speed: 1 })).toEqual(['0', '500', '500', '7000', '30000', '31000', '60000'])
    expect(await playedAt([recording], { speed: 10 })).toEqual(['0', '50', '50', '700', '3000', '3100', '6000'])
    expect(await playedAt([recording], { speed: 0.5 })).toEqual([
      '0',
      '1000',
      '1000',
      '14000',
      '60000',
      '62000',
      '120000'
    ])
  })

  it('sleeps once for all frames that are due together', async () => {
    const clock = new VirtualClock()
    await framesIn(new ReplayFeed([seconds([0, 1, 1, 1, 1, 2])], { clock, speed: 1 }))
    expect(clock.sleeps).toBe(2)
  })

  it('catches up when its reader was slow: lateness never adds up', async () => {
    const clock = new VirtualClock()
    const times: bigint[] = []
    for await (const batch of new ReplayFeed([seconds([0, 1, 2, 3, 4, 5])], { clock, speed: 1 })) {
      times.push(...framesOf(batch).map(() => clock.now / 1_000_000n))
      if (times.length === 2) clock.advance(2500)
    }
    expect(times).toEqual([0n, 1000n, 3500n, 3500n, 4000n, 5000n])
  })

  it('goes neither slower nor faster where a wall clock was set back', async () => {
    expect(await playedAt([seconds([0, 10, 4, 5, 11])], { speed: 1 })).toEqual([
      '0',
      '10000',
      '10000',
      '10000',
      '11000'
    ])
  })

  it('delivers what is before the range at once and paces the rest', async () => {
    const recording = seconds([0, 1, 2], [100, 101, 103])
    const range = { from: START + 100n * SECOND, to: START + 102n * SECOND }
    expect(await playedAt([recording], { speed: 1, ...range })).toEqual(['0', '0', '0', '0', '1000'])
  })

  it('paces merged recordings as one', async () => {
    expect(await playedAt([seconds([0, 2]), seconds([1, 3])], { speed: 2 })).toEqual(['0', '500', '1000', '1500'])
  })

  it('goes on from where it is when the speed changes in the middle of a wait', async () => {
    const clock = new VirtualClock()
    const feed = new ReplayFeed([seconds([0, 10, 20])], { clock, speed: 1 })
    clock.interruption = { after: 4000, act: () => feed.setSpeed(3) }
    expect(await times(feed, clock)).toEqual(['0', '6000', '9334'])
    expect(feed.speed).toBe(3)
  })

  it('begins to wait when full speed is left', async () => {
    const clock = new VirtualClock()
    const feed = new ReplayFeed([seconds([0, 10], [20])], { clock })
    const at: bigint[] = []
    for await (const batch of feed) {
      at.push(...framesOf(batch).map(() => clock.now / 1_000_000n))
      feed.setSpeed(1)
    }
    expect(at).toEqual([0n, 0n, 10_000n])
  })

  it('stands still in a pause, steps frame by frame, and resumes where it stood', async () => {
    const clock = new VirtualClock()
    const feed = new ReplayFeed([seconds([0, 10, 10, 20, 30])], { clock, speed: 1 })
    const played = feed[Symbol.asyncIterator]()
    await played.next()
    feed.pause()
    clock.advance(60_000)
    feed.step()
    const { value: stepped } = await played.next()
    expect([stepped?.length, clock.now / 1_000_000n, feed.position, feed.isPaused]).toEqual([
      1,
      60_000n,
      START + 10n * SECOND,
      true
    ])
    const waiting = played.next()
    feed.step()
    expect((await waiting).value?.length).toBe(1)
    feed.resume()
    clock.advance(4000)
    await played.next()
    expect([clock.now / 1_000_000n, feed.position]).toEqual([70_000n, START + 20n * SECOND])
    const resumed = played.next()
    await resumed
    expect(clock.now / 1_000_000n).toBe(80_000n)
    expect((await played.next()).done).toBe(true)
  })

  it('ends when it is aborted, in a wait, in a pause and before its first frame', async () => {
    const clock = new VirtualClock()
    const abort = new AbortController()
    clock.interruption = { after: 10, act: () => abort.abort() }
    const feed = new ReplayFeed([seconds([0, 10])], { clock, speed: 1, signal: abort.signal })
    expect(await times(feed, clock)).toEqual(['0'])
    const signal = AbortSignal.timeout(1)
    const paused = new ReplayFeed([seconds([0])], { clock, signal })
    paused.pause()
    expect(await times(paused, clock)).toEqual([])
    expect(await playedAt([seconds([0])], { signal })).toEqual([])
  })

  it('keeps real time within 2 %', { retry: 3 }, async () => {
    const frames = Array.from({ length: 301 }, (_, row) => row / 10)
    const begun = performance.now()
    await framesIn(new ReplayFeed([seconds(frames)], { clock: systemClock(), speed: 60 }))
    const milliseconds = performance.now() - begun
    expect(milliseconds).toBeGreaterThanOrEqual(499)
    expect(milliseconds).toBeLessThan(510)
  })
})

function recordingOf(batches: readonly ReturnType<typeof batchOf>[], filtered = false): Recording {
  return {
    path: '',
    manifest: undefined,
    filtered,
    segments: [],
    faults: [],
    async *batches() {
      yield* batches
    }
  }
}

/** A recording with a frame at each of the given seconds. */
function seconds(...batches: readonly (readonly number[])[]): Recording {
  return recordingOf(batches.map(batch => batchOf(batch.map(at => frame({ at })))))
}

async function playedAt(recordings: readonly Recording[], options: Omit<ReplayOptions, 'clock'>): Promise<string[]> {
  const clock = new VirtualClock()
  return times(new ReplayFeed(recordings, { clock, ...options }), clock)
}

/** When each frame came, in milliseconds of the clock. */
async function times(feed: ReplayFeed, clock: VirtualClock): Promise<string[]> {
  const all: string[] = []
  for await (const batch of feed) {
    for (let row = 0; row < batch.length; row++) all.push(String(clock.now / 1_000_000n))
  }
  return all
}

function texts(frames: readonly Frame[]): string[] {
  return frames.map(({ payload }) => Buffer.from(payload).toString())
}
