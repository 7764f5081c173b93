import type { Logger } from 'pino'
import { systemClock } from '../core/clock.ts'
import { KwsError } from '../core/errors.ts'
import type { Nanoseconds } from '../core/time.ts'
import { run } from '../pipeline.ts'
import type { Recording } from '../recording/recording.ts'
import { firstReceivedAt } from '../recording/recording.ts'
import type { OnFault } from '../recording/segment-fault.ts'
import { isDamage } from '../recording/segment-fault.ts'
import { ReplayFeed } from '../replay/replay-feed.ts'
import type { Speed } from '../replay/schedule.ts'
import { resolveTime } from '../replay/time-range.ts'
import type { CommonFlags } from './common.ts'
import { EXIT_DAMAGED } from './exit-code.ts'
import { createLog } from './log.ts'
import { openRecordings } from './recording-path.ts'
import { showReplay } from './replay-screen.ts'
import type { ScanFlags } from './scan-options.ts'
import { createScanPipeline, reportScan, scannersFrom } from './scan-pipeline.ts'
import { stopWhenAsked } from './stop.ts'
import { describeFault } from './text.ts'

export interface PlayFlags {
  readonly speed: Speed
  readonly from?: string
  readonly to?: string
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
  const range = await rangeOf(recordings, flags)
  const onFault = warnOf(log)
  const feed = new ReplayFeed(recordings, { ...range, clock, speed: flags.speed, signal: stopping.signal, onFault })
  const scan = createScanPipeline(scanners, flags, log, {
    isFiltered: connection => feed.isFiltered(connection),
    signalsFrom: range.from
  })
  const started = clock.monotonic()
  const stopShowing = showReplay(feed, scan, flags, clock, stop)
  try {
    await run(feed, [scan.pipeline])
  } finally {
    release()
    stopShowing()
  }
  const seconds = Number(clock.monotonic() - started) / 1e9
  reportScan(scan, flags, log, `${scan.pipeline.frames} in ${seconds.toFixed(2)} s`)
}

interface Range {
  readonly from?: Nanoseconds
  readonly to?: Nanoseconds
}

async function rangeOf(recordings: readonly Recording[], { from, to }: PlayFlags): Promise<Range> {
  if (from === undefined && to === undefined) return {}
  const starts = await Promise.all(recordings.map(firstReceivedAt))
  const start = starts.filter(time => time !== undefined).reduce((a, b) => (a < b ? a : b), starts[0] ?? 0n)
  const range = {
    ...(from === undefined ? {} : { from: resolveTime(from, start) }),
    ...(to === undefined ? {} : { to: resolveTime(to, start) })
  }
  if (range.from !== undefined && range.to !== undefined && range.from > range.to) {
    throw new KwsError('usage', '--from lies after --to')
  }
  return range
}

function warnOf(log: Logger): OnFault {
  return fault => {
    log.warn(describeFault(fault))
    if (isDamage(fault)) process.exitCode = EXIT_DAMAGED
  }
}
