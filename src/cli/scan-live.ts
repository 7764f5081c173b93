import { systemClock } from '../core/clock.ts'
import type { FrameSink } from '../core/frame.ts'
import { observers } from '../pipeline.ts'
import type { Channel } from '../protocol/channels.ts'
import { RecordingWriter } from '../recording/recording-writer.ts'
import type { Scanner } from '../scan/scanner.ts'
import { describeLatency, LatencyMeter } from '../sink/latency.ts'
import { bookkeeper } from './bookkeeper.ts'
import type { CommonFlags } from './common.ts'
import { print } from './common.ts'
import type { ConnectionFlags } from './connection.ts'
import { connectionFrom } from './connection.ts'
import { serveMetrics } from './live-metrics.ts'
import { liveLog } from './live-log.ts'
import type { LiveFlags } from './live-options.ts'
import { createLog } from './log.ts'
import { openFeed } from './open-feed.ts'
import { sessionOf } from './recording-path.ts'
import { runInOrder } from './run-in-order.ts'
import type { ScanFlags } from './scan-options.ts'
import { createScanPipeline, reportScan, scannersFrom, tablesOf } from './scan-pipeline.ts'
import { showScan } from './scan-screen.ts'
import type { StorageFlags } from './storage-options.ts'
import { storageOf } from './storage-options.ts'
import { stopWhenAsked } from './stop.ts'
import { describeNetwork } from './text.ts'

export interface LiveScanFlags extends StorageFlags {
  readonly record?: string
  readonly interval: number
  readonly once?: true
}

type Flags = CommonFlags & ScanFlags & ConnectionFlags & LiveFlags & LiveScanFlags

/** When `--once` ends at the latest. */
const ONCE_SECONDS_MAX = 4.5
/** How long, after the list of markets, the first ticker updates are waited for. */
const ONCE_SETTLING_MILLISECONDS = 500

/** Runs scanners on the live feed, and records it at the same time if asked to. */
export async function scanLive(scannerNames: readonly string[], flags: Flags): Promise<void> {
  const log = createLog(flags.logLevel, flags.logJson === true)
  const clock = systemClock()
  const scanners = await scannersFrom(scannerNames, flags)
  const connection = connectionFrom(flags, clock, log)
  const { markets, series, events } = flags
  const channels = channelsOf(
    scanners,
    [markets, series, events].some(names => names !== undefined)
  )
  const onEvent = liveLog(log, clock, false)
  const { feed, universe, seeded, close } = await openFeed(flags, { connection, channels, clock, log, onEvent })
  await using _ = feed
  // Where series or events are followed, their markets are not known beforehand.
  const shown = universe === undefined ? flags : { ...flags, markets: undefined }
  const latency = new LatencyMeter(clock)
  const scan = createScanPipeline(scanners, shown, log, { observer: observers(feed, latency) })
  const { pipeline } = scan
  const sinks: FrameSink[] = [pipeline, latency]
  let writer: RecordingWriter | undefined
  if (flags.record !== undefined) {
    const session = sessionOf(connection, channels, markets ?? [])
    const onDiskFull = () => feed.stop()
    writer = await RecordingWriter.create(flags.record, { clock, session, onDiskFull, ...storageOf(flags) })
    // First, so that a frame is stored before it is looked at.
    sinks.unshift(bookkeeper(feed, pipeline, writer), writer)
  }
  const started = clock.monotonic()
  const duration = flags.once === true ? Math.min(ONCE_SECONDS_MAX, flags.duration ?? ONCE_SECONDS_MAX) : flags.duration
  let tables: string[] = []
  const stop = () => {
    // Before the connection closes, which makes all data stale.
    tables = tablesOf(scan, flags)
    feed.stop()
  }
  const release = stopWhenAsked(stop, clock, duration)
  const isShown = process.stdout.isTTY && flags.json !== true && flags.once !== true
  const screen = { feed, clock, top: flags.top, intervalSeconds: flags.interval, quit: stop }
  const stopShowing = isShown ? showScan(scan, screen) : () => {}
  if (flags.once === true) void seeded.then(async () => await clock.sleep(ONCE_SETTLING_MILLISECONDS)).then(stop)
  const metrics = await serveMetrics(flags, { feed, pipeline, latency, writer })
  try {
    await runInOrder(feed, sinks, () => feed.stop())
  } finally {
    await metrics?.close()
    close()
    release()
    stopShowing()
    const seconds = Number(clock.monotonic() - started) / 1e9
    reportScan(scan, flags, log, `${scan.pipeline.frames} in ${seconds.toFixed(1)} s`, tables)
    print(flags, `network  ${describeNetwork(feed.counters)}`, `latency  ${describeLatency(latency)}`)
  }
}

/** What the scanners need; the exchange has order books of named markets only. */
function channelsOf(scanners: readonly Scanner[], marketsAreNamed: boolean): Channel[] {
  const channels = new Set(scanners.flatMap(scanner => scanner.channels))
  if (!marketsAreNamed) channels.delete('orderbook_delta')
  return [...channels]
}
