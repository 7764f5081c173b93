import type { Clock } from '../core/clock.ts'
import { systemClock } from '../core/clock.ts'
import type { FrameSink } from '../core/frame.ts'
import { LiveFeed } from '../live/live-feed.ts'
import type { Channel } from '../protocol/channels.ts'
import { RecordingWriter } from '../recording/recording-writer.ts'
import type { Scanner } from '../scan/scanner.ts'
import type { CommonFlags } from './common.ts'
import type { ConnectionFlags } from './connection.ts'
import { connectionFrom } from './connection.ts'
import { createLog } from './log.ts'
import { sessionOf } from './recording-path.ts'
import { runInOrder } from './run-in-order.ts'
import type { ScanFlags } from './scan-options.ts'
import type { ScanPipeline } from './scan-pipeline.ts'
import { createScanPipeline, reportScan, scannersFrom, tablesOf } from './scan-pipeline.ts'
import { Screen } from './screen.ts'
import { stopWhenAsked } from './stop.ts'
import { subscriptionsFor } from './subscriptions.ts'

export interface LiveScanFlags {
  readonly record?: string
  readonly interval: number
  readonly once?: true
  readonly duration?: number
}

type Flags = CommonFlags & ScanFlags & ConnectionFlags & LiveScanFlags

/** How long the first ticker updates of all markets are waited for. */
const ONCE_SECONDS = 3

/** Runs scanners on the live feed, and records it at the same time if asked to. */
export async function scanLive(scannerNames: readonly string[], flags: Flags): Promise<void> {
  const log = createLog(flags.logLevel, flags.logJson === true)
  const clock = systemClock()
  const scanners = await scannersFrom(scannerNames, flags)
  const connection = connectionFrom(flags, clock, log)
  const markets = flags.markets ?? []
  const channels = channelsOf(scanners, markets.length > 0)
  await using feed = await LiveFeed.connect({
    ...connection,
    clock,
    subscriptions: subscriptionsFor(channels, markets)
  })
  const scan = createScanPipeline(scanners, flags, log)
  const sinks: FrameSink[] = [scan.pipeline]
  if (flags.record !== undefined) {
    const session = sessionOf(connection, channels, markets)
    // First, so that a frame is stored before it is looked at.
    sinks.unshift(await RecordingWriter.create(flags.record, { clock, session, onDiskFull: () => feed.stop() }))
  }
  const started = clock.monotonic()
  const duration = flags.once === true ? Math.min(ONCE_SECONDS, flags.duration ?? ONCE_SECONDS) : flags.duration
  let tables: string[] = []
  const stop = () => {
    // Before the connection closes, which makes all data stale.
    tables = tablesOf(scan, flags)
    feed.stop()
  }
  const release = stopWhenAsked(stop, clock, duration)
  const stopShowing = show(scan, flags, clock)
  try {
    await runInOrder(feed, sinks, () => feed.stop())
  } finally {
    release()
    stopShowing()
    const seconds = Number(clock.monotonic() - started) / 1e9
    reportScan(scan, flags, log, `${scan.pipeline.frames} in ${seconds.toFixed(1)} s`, tables)
  }
}

/** What the scanners need; the exchange has order books of named markets only. */
function channelsOf(scanners: readonly Scanner[], marketsAreNamed: boolean): Channel[] {
  const channels = new Set(scanners.flatMap(scanner => scanner.channels))
  if (!marketsAreNamed) channels.delete('orderbook_delta')
  return [...channels]
}

/** Redraws the tables in place; on anything but a terminal there is only the table at the end. */
function show(scan: ScanPipeline, flags: Flags, clock: Clock): () => void {
  const over = new AbortController()
  const screen = new Screen()
  const draw = async () => {
    while (!over.signal.aborted) {
      await clock.sleep(flags.interval * 1000, over.signal)
      if (!over.signal.aborted) screen.draw(tablesOf(scan, flags))
    }
  }
  if (process.stdout.isTTY && flags.json !== true && flags.once !== true) void draw()
  return () => {
    over.abort()
    screen.clear()
  }
}
