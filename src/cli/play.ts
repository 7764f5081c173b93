import { systemClock } from '../core/clock.ts'
import { describePace } from '../replay/pace-meter.ts'
import { ReplayFeed } from '../replay/replay-feed.ts'
import type { Speed } from '../replay/schedule.ts'
import type { CommonFlags } from './common.ts'
import { warnOf } from './fault-log.ts'
import { createLog } from './log.ts'
import { openRecordings } from './recording-path.ts'
import type { RangeFlags } from './replay-range.ts'
import { rangeOf } from './replay-range.ts'
import { showReplay } from './replay-screen.ts'
import { runInOrder } from './run-in-order.ts'
import type { ScanFlags } from './scan-options.ts'
import { createScanPipeline, reportScan, scannersFrom } from './scan-pipeline.ts'
import { stopWhenAsked } from './stop.ts'

export interface PlayFlags extends RangeFlags {
  readonly speed: Speed
  /** Goes on as recordings grow. */
  readonly follow?: true
  readonly dir: string
}

/** Replays recordings into scanners: what `replay` and `scan --replay` do. */
export async function play(
  paths: readonly string[],
  scannerNames: readonly string[],
  flags: CommonFlags & ScanFlags & PlayFlags
): Promise<void> {
  const log = createLog(flags.logLevel, flags.logJson === true)
  const clock = systemClock()
  const scanners = await scannersFrom(scannerNames, flags)
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  const release = stopWhenAsked(stop, clock)
  const following = flags.follow === true ? { clock, signal: stopping.signal } : undefined
  const recordings = await openRecordings(paths, flags.dir, following)
  const range = await rangeOf(recordings, flags, log)
  const onFault = warnOf(log)
  const feed = new ReplayFeed(recordings, { ...range, clock, speed: flags.speed, signal: stopping.signal, onFault })
  const scan = createScanPipeline(scanners, flags, log, {
    isFiltered: connection => feed.isFiltered(connection),
    signalsFrom: range.from
  })
  const started = clock.monotonic()
  const stopShowing = showReplay(feed, scan, flags, clock, stop)
  try {
    await runInOrder(feed, [scan.pipeline], stop)
  } finally {
    release()
    stopShowing()
  }
  await scan.outcomes?.end()
  const seconds = Number(clock.monotonic() - started) / 1e9
  const pace = feed.pace === undefined ? '' : `, ${describePace(feed.pace)}`
  reportScan(scan, flags, log, `${scan.pipeline.frames} in ${seconds.toFixed(2)} s${pace}`)
}
