import type { LiveFeed } from '../live/live-feed.ts'
import type { Pipeline } from '../pipeline.ts'
import type { RecordingWriter } from '../recording/recording-writer.ts'
import type { LatencyMeter } from '../sink/latency.ts'
import type { LiveFlags } from './live-options.ts'
import type { MetricsServer } from './metrics-server.ts'
import { startMetricsServer } from './metrics-server.ts'
import type { MetricsStatus } from './metrics-text.ts'
import { VERSION } from './version.ts'

/** What works on the frames of a live feed. */
export interface LiveSession {
  readonly feed: LiveFeed
  readonly pipeline: Pipeline
  readonly latency: LatencyMeter
  /** Undefined where nothing is recorded. */
  readonly writer: RecordingWriter | undefined
}

/** Serves the figures of a session, where a port was given. */
export async function serveMetrics(
  { metricsPort }: LiveFlags,
  session: LiveSession
): Promise<MetricsServer | undefined> {
  if (metricsPort === undefined) return undefined
  return await startMetricsServer({ port: metricsPort, status: () => statusOf(session) })
}

function statusOf({ feed, pipeline, latency, writer }: LiveSession): MetricsStatus {
  return {
    version: VERSION,
    frames: pipeline.frames,
    bytes: pipeline.bytes,
    counters: feed.counters,
    irregularities: pipeline.tracker.counts,
    connectionsOpen: feed.connectionsOpen,
    marketsSubscribed: feed.marketsSubscribed(),
    bufferBytes: feed.queuedBytes,
    lagSeconds: pipeline.lag === null ? null : pipeline.lag / 1e6,
    lastFrameAgeSeconds: latency.silenceSeconds,
    recording: writer === undefined ? null : { bytes: writer.storedBytes, segments: writer.segments }
  }
}
