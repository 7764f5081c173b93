import { describe, expect, it } from 'vitest'
import { batchOf } from '../../src/core/frame-batch-builder.ts'
import { describePace, PaceMeter } from '../../src/replay/pace-meter.ts'
import { ReplayFeed } from '../../src/replay/replay-feed.ts'
import { frame, SECOND, START } from '../recording/frames.ts'
import { VirtualClock } from '../recording/virtual-clock.ts'

const MILLISECOND = 1_000_000n

describe('PaceMeter', () => {
  const anchor = { recorded: START, monotonic: 5n, speed: 10 }
  const batch = batchOf([0, 1, 2, 1].map(at => frame({ at })))

  it('tells the speed that was achieved, and how late frames came', () => {
    const meter = new PaceMeter()
    meter.note(anchor, batch, 0, 1, 5n)
    meter.note(anchor, batch, 1, 3, 5n + 250n * MILLISECOND)
    expect(meter.pace?.achieved).toBeCloseTo(8)
    // Due 100 ms and 200 ms after the anchor.
    expect(meter.pace?.lateness.max).toBeCloseTo(150, 0)
    expect(meter.pace?.lateness.p50).toBeCloseTo(50, 0)
  })

  it('takes a frame that a clock set back for due with its predecessor', () => {
    const meter = new PaceMeter()
    meter.note(anchor, batch, 0, 4, 5n + 200n * MILLISECOND)
    expect(meter.pace?.achieved).toBe(10)
    expect(meter.pace?.lateness.max).toBeCloseTo(200, 0)
    const late = new PaceMeter()
    late.note(anchor, batch, 2, 4, 5n + 200n * MILLISECOND)
    expect(late.pace?.lateness.max).toBeLessThan(0.01)
  })

  it('has nothing to tell of frames of one moment', () => {
    const meter = new PaceMeter()
    meter.note(anchor, batch, 0, 1, 5n)
    expect(meter.pace).toBeUndefined()
  })

  it('begins anew at another pace', () => {
    const meter = new PaceMeter()
    meter.note(anchor, batch, 0, 3, 5n + 900n * MILLISECOND)
    const faster = { recorded: START + 2n * SECOND, monotonic: 0n, speed: 100 }
    meter.note(faster, batchOf([frame({ at: 3 })]), 0, 1, 10n * MILLISECOND)
    expect(meter.pace).toMatchObject({ asked: 100, achieved: 100 })
    expect(meter.pace?.lateness.max).toBeLessThan(0.01)
  })

  it('is described in a line', () => {
    const pace = { asked: 10, achieved: 9.9987, lateness: { p50: 0.5, p99: 1.04, max: 12 } }
    expect(describePace(pace)).toBe('9.9987x of 10x (−0.01 %), frames late by p99 1.0 ms, at most 12.0 ms')
  })
})

describe('the pace of a ReplayFeed', () => {
  it('counts the time that its reader takes', async () => {
    const clock = new VirtualClock()
    const batch = batchOf([0, 1, 2, 3].map(at => frame({ at })))
    const recording = {
      path: '',
      manifest: undefined,
      filtered: false,
      segments: [],
      async *batches() {
        yield batch
      }
    }
    const feed = new ReplayFeed([recording], { clock, speed: 2 })
    for await (const slice of feed) if (slice.receivedAt[0] === START + SECOND) clock.advance(700)
    expect(feed.pace?.asked).toBe(2)
    expect(feed.pace?.lateness.max).toBeCloseTo(200, 0)
    feed.setSpeed('max')
    expect(feed.pace).toBeUndefined()
  })
})
