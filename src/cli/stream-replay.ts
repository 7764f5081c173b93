import { systemClock } from '../core/clock.ts'
import { ReplayFeed } from '../replay/replay-feed.ts'
import type { CommonFlags } from './common.ts'
import { warnOf } from './fault-log.ts'
import { createLog } from './log.ts'
import { openRecordings } from './recording-path.ts'
import { runInOrder } from './run-in-order.ts'
import { watch } from './status-line.ts'
import { stopWhenAsked } from './stop.ts'
import type { StreamFlags } from './stream-pipeline.ts'
import { createStream, describeProgress, reportStream } from './stream-pipeline.ts'

const EXIT_FAILED = 1

/** Streams a recording, or the newest one, as fast as it goes. */
export async function streamReplay(
  path: string | undefined,
  directory: string,
  flags: CommonFlags & StreamFlags
): Promise<void> {
  const log = createLog(flags.logLevel, flags.logJson === true)
  const clock = systemClock()
  const recordings = await openRecordings(path === undefined ? [] : [path], directory)
  const stopping = new AbortController()
  const feed = new ReplayFeed(recordings, { clock, signal: stopping.signal, onFault: warnOf(log) })
  const stream = createStream(flags, { isFiltered: connection => feed.isFiltered(connection) })
  const started = clock.monotonic()
  const seconds = () => Number(clock.monotonic() - started) / 1e9
  const stop = () => stopping.abort()
  const release = stopWhenAsked(stop, clock)
  const stopWatching = watch(clock, () => describeProgress(stream, seconds()))
  try {
    await runInOrder(feed, [stream.pipeline, stream.database], stop)
  } finally {
    release()
    stopWatching()
  }
  if (stopping.signal.aborted) {
    process.exitCode = EXIT_FAILED
    log.warn('stopped: the database holds what had been read until then; stream again for the rest')
  }
  reportStream(flags, stream, seconds())
}
