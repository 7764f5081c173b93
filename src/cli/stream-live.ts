import { systemClock } from '../core/clock.ts'
import { observers } from '../pipeline.ts'
import { LatencyMeter } from '../sink/latency.ts'
import type { CommonFlags } from './common.ts'
import type { ConnectionFlags } from './connection.ts'
import { connectionFrom } from './connection.ts'
import { liveLog } from './live-log.ts'
import { serveMetrics } from './live-metrics.ts'
import type { LiveFlags } from './live-options.ts'
import { createLog } from './log.ts'
import { openFeed } from './open-feed.ts'
import { runInOrder } from './run-in-order.ts'
import { watch } from './status-line.ts'
import { stopWhenAsked } from './stop.ts'
import type { StreamFlags } from './stream-pipeline.ts'
import { createStream, describeProgress, reportStream } from './stream-pipeline.ts'
import { defaultChannels } from './subscriptions.ts'

/** Streams the live feed until it is stopped. */
export async function streamLive(flags: CommonFlags & ConnectionFlags & LiveFlags & StreamFlags): Promise<void> {
  const log = createLog(flags.logLevel, flags.logJson === true)
  const clock = systemClock()
  const connection = connectionFrom(flags, clock, log)
  const channels = defaultChannels(flags)
  const onEvent = liveLog(log, clock, false)
  const { feed, universe, close } = await openFeed(flags, { connection, channels, clock, log, onEvent })
  await using _ = feed
  const latency = new LatencyMeter(clock)
  // Where series or events are followed, their markets are not known beforehand.
  const shown = universe === undefined ? flags : { ...flags, markets: undefined }
  const stream = createStream(shown, { observer: observers(feed, latency) })
  log.info(`streaming ${connection.url} into ${flags.db}`)
  const started = clock.monotonic()
  const seconds = () => Number(clock.monotonic() - started) / 1e9
  const stop = () => {
    log.info('ending in good order; a second signal quits at once')
    feed.stop()
  }
  const release = stopWhenAsked(stop, clock, flags.duration)
  const stopWatching = watch(clock, () => describeProgress(stream, seconds()))
  const metrics = await serveMetrics(flags, { feed, latency, pipeline: stream.pipeline, writer: undefined })
  try {
    await runInOrder(feed, [stream.pipeline, stream.database, latency], () => feed.stop())
  } finally {
    await metrics?.close()
    close()
    release()
    stopWatching()
  }
  reportStream(flags, stream, seconds(), feed.counters)
}
