import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import type { Frame } from '../../src/core/frame.ts'
import { batchOf } from '../../src/core/frame-batch-builder.ts'
import { LiveFeed } from '../../src/live/live-feed.ts'
import { observers, Pipeline, run } from '../../src/pipeline.ts'
import { describeLatency, LatencyMeter } from '../../src/sink/latency.ts'
import { startExchange } from '../exchange/practice-client.ts'
import { BookWire, pingFrame, textFrame, tickerFrame } from '../frames.ts'
import { VirtualClock } from '../recording/virtual-clock.ts'

/** A frame that came so many microseconds after the beginning of the clock. */
function at(microseconds: number, change: Partial<Frame> = {}): Frame {
  return { ...textFrame('{}'), monotonic: BigInt(microseconds * 1000), ...change }
}

describe('latency meter', () => {
  it('measures each received frame of a batch up to the moment at which the batch is done', () => {
    const clock = new VirtualClock()
    const meter = new LatencyMeter(clock)
    clock.advance(10)
    meter.accept(batchOf([at(1_000), at(7_500), at(9_999.9)]))
    expect(meter.processing).toMatchObject({ count: 3, p50: expect.closeTo(2_500, -2), max: expect.closeTo(9_000, -2) })
    expect(meter.processing?.p999).toBe(meter.processing?.max)
  })

  it('leaves out what this side has sent, and events of the connection, which are its own', () => {
    const clock = new VirtualClock()
    const meter = new LatencyMeter(clock)
    clock.advance(20_000)
    meter.accept(batchOf([at(1, { direction: 'sent' }), at(2, { kind: 'open' }), at(3, { kind: 'error' })]))
    meter.accept(batchOf([]))
    expect([meter.processing, meter.silenceSeconds]).toEqual([null, 20])
    expect(describeLatency(meter)).toBe('no frame came')
    meter.accept(batchOf([at(19_500_000, { kind: 'ping' }), at(19_999_000, { kind: 'close' })]))
    expect([meter.processing?.count, meter.silenceSeconds]).toEqual([1, 0.5])
  })

  it('takes the time of sending, else the time of what has happened, but not that of a ticker', async () => {
    const meter = new LatencyMeter(new VirtualClock())
    const pipeline = new Pipeline({ scanners: [], sinks: [], observer: meter })
    const wire = new BookWire('KXTEST-A')
    const noon = 1_795_521_600_000
    const frames = [
      textFrame(wire.snapshot([['0.4000', '10.00']], []), 1),
      textFrame(tickerFrame('KXTEST-A', '0.4000', '0.5000'), 2),
      textFrame({ ...tickerFrame('KXTEST-A', '0.4000', '0.5000'), sending_ts_ms: noon + 2_900 }, 3),
      textFrame(withTime(wire.delta('yes', '0.4000', '1.00'), noon + 3_950), 4),
      pingFrame(5)
    ]
    await pipeline.accept(batchOf(frames))
    expect(meter.transit).toMatchObject({ count: 2, p50: expect.closeTo(50_000, -2), max: expect.closeTo(100_000, -2) })
    expect(meter.early).toBe(0)
  })

  it('counts what came before it was sent', async () => {
    const meter = new LatencyMeter(new VirtualClock())
    const pipeline = new Pipeline({ scanners: [], sinks: [], observer: meter })
    const sent = { ...tickerFrame('KXTEST-A', '0.4000', '0.5000'), sending_ts_ms: 1_795_521_600_500 }
    await pipeline.accept(batchOf([textFrame(sent, 0), textFrame(sent, 0.51)]))
    expect([meter.early, meter.transit?.count]).toEqual([1, 2])
  })

  it('describes itself in a line, in milliseconds', async () => {
    const clock = new VirtualClock()
    const meter = new LatencyMeter(clock)
    clock.advance(1_000)
    const frames = Array.from({ length: 1000 }, (_, index) => at(1_000_000 - (index === 999 ? 50_000 : index * 3)))
    meter.accept(batchOf(frames))
    expect(describeLatency(meter)).toMatch(/^receipt to signal p50 1\.5 ms, p99 3\.0 ms, p99\.9 3\.0 ms$/)
    const pipeline = new Pipeline({ scanners: [], sinks: [], observer: meter })
    const sent = { ...tickerFrame('KXTEST-A', '0.4000', '0.5000'), sending_ts_ms: 1_795_521_600_000 }
    await pipeline.accept(batchOf([textFrame(sent, 0.0121)]))
    expect(describeLatency(meter)).toMatch(
      /; exchange to receipt p50 12 ms, p99 12 ms \(includes the difference of the clocks\)$/
    )
    await pipeline.accept(batchOf([textFrame(sent, -1)]))
    // Below the feed, time does not run backwards: that frame has the time of the one before.
    expect(meter.early).toBe(0)
  })

  it('stands behind the pipeline of a live feed, and observes beside the feed', async () => {
    const exchange = await startExchange()
    const clock = systemClock()
    const meter = new LatencyMeter(clock)
    const subscriptions = [{ channels: ['ticker'] }, { channels: ['trade'] }]
    const feed = await LiveFeed.connect({ url: exchange.url, clock, subscriptions })
    onTestFinished(() => feed[Symbol.asyncDispose]())
    const pipeline = new Pipeline({ scanners: [], sinks: [], observer: observers(feed, meter) })
    const running = run(feed, [pipeline, meter])
    await vi.waitFor(() => expect(meter.processing?.count).toBeGreaterThan(200), { interval: 1 })
    // The feed was shown the replies as well.
    expect(feed.channelOf(0, 2)).toBe('trade')
    expect(meter.silenceSeconds).toBeLessThan(1)
    feed.stop()
    await running
    const { processing, transit } = meter
    expect(transit?.count).toBeGreaterThan(200)
    expect(processing?.p50).toBeGreaterThan(0)
    expect(processing?.max).toBeLessThan(5_000_000)
    expect(describeLatency(meter)).toMatch(/^receipt to signal p50 [\d.]+ ms, .*; exchange to receipt p50 [\d.]+ ms, /)
  })
})

function withTime(frame: object, milliseconds: number): object {
  const { msg } = frame as { msg: object }
  return { ...frame, msg: { ...msg, ts_ms: milliseconds } }
}
