import { Command } from 'commander'
import type { Clock } from '../core/clock.ts'
import { systemClock } from '../core/clock.ts'
import { observers, Pipeline, run } from '../pipeline.ts'
import type { Channel } from '../protocol/channels.ts'
import { RecordingWriter } from '../recording/recording-writer.ts'
import { describeLatency, LatencyMeter } from '../sink/latency.ts'
import { bookkeeper } from './bookkeeper.ts'
import type { CommonFlags } from './common.ts'
import { addCommonOptions, print } from './common.ts'
import type { ConnectionFlags } from './connection.ts'
import { addConnectionOptions, connectionFrom } from './connection.ts'
import { liveLog } from './live-log.ts'
import type { LiveSession } from './live-metrics.ts'
import { serveMetrics } from './live-metrics.ts'
import type { LiveFlags } from './live-options.ts'
import { addLiveOptions } from './live-options.ts'
import { createLog } from './log.ts'
import { openFeed } from './open-feed.ts'
import { recordingPath, sessionOf } from './recording-path.ts'
import { watch } from './status-line.ts'
import type { StorageFlags } from './storage-options.ts'
import { addStorageOptions, storageOf } from './storage-options.ts'
import { stopWhenAsked } from './stop.ts'
import { DEFAULT_CHANNELS, defaultChannels, parseChannels } from './subscriptions.ts'
import { describeIrregularities, describeNetwork, megabytes, perSecond } from './text.ts'
import { parseBytes, parseList } from './values.ts'

interface Flags extends CommonFlags, ConnectionFlags, LiveFlags, StorageFlags {
  readonly channels?: readonly Channel[]
  readonly out?: string
  readonly maxSize?: number
}

export function command(): Command {
  const command = new Command('record')
    .description('Captures every raw frame, both directions, with nanosecond receive times.')
    .option(
      '--channels <names>',
      `channels (default: ${DEFAULT_CHANNELS.join(',')}; with --markets, --series or --events also orderbook_delta)`,
      parseChannels
    )
    .option('--markets <tickers>', 'only these markets', parseList)
  addStorageOptions(addLiveOptions(command))
    .option('--out <directory>', 'the recording (default: recordings/<UTC start time>)')
    .option('--max-size <size>', 'stop when the recording is so large, such as 10GB', parseBytes)
    .addHelpText('after', EXAMPLES)
    .action(record)
  return addCommonOptions(addConnectionOptions(command))
}

const EXAMPLES = `
Examples:
  kws record --markets KXBTC15M-26NOV241500-00 --duration 15m
  kws record --series KXBTC15M --rotate 1h

SIGHUP begins a new segment; Ctrl-C ends the recording in good order.
`

async function record(flags: Flags): Promise<void> {
  const log = createLog(flags.logLevel, flags.logJson === true)
  const clock = systemClock()
  const connection = connectionFrom(flags, clock, log)
  const channels = flags.channels ?? defaultChannels(flags)
  const onEvent = liveLog(log, clock, flags.json === true)
  const { feed, close } = await openFeed(flags, { connection, channels, clock, log, onEvent })
  await using _ = feed
  const writer = await RecordingWriter.create(recordingPath(flags.out, clock), {
    clock,
    onDiskFull: () => feed.stop(),
    session: sessionOf(connection, channels, flags.markets ?? []),
    ...storageOf(flags)
  })
  log.info(`recording ${connection.url} into ${writer.directory}`)
  const latency = new LatencyMeter(clock)
  const { maxMarkets } = flags
  const pipeline = new Pipeline({ scanners: [], sinks: [], maxMarkets, observer: observers(feed, latency) })
  const session: Session = { feed, writer, pipeline, latency, seconds: stopwatch(clock) }
  const stopWatching = watch(clock, () => liveLine(session))
  const stop = () => {
    log.info('ending in good order; a second signal quits at once')
    feed.stop()
  }
  const release = stopWhenAsked(stop, clock, flags.duration)
  const rotate = () => writer.rotate()
  process.on('SIGHUP', rotate)
  const metrics = await serveMetrics(flags, session)
  try {
    await run(feed, [bookkeeper(feed, pipeline, writer, flags.maxSize), writer, pipeline, latency])
  } finally {
    await metrics?.close()
    process.removeListener('SIGHUP', rotate)
    close()
    release()
    stopWatching()
    report(flags, session)
  }
}

interface Session extends LiveSession {
  readonly writer: RecordingWriter
  readonly seconds: () => number
}

function stopwatch(clock: Clock): () => number {
  const started = clock.monotonic()
  return () => Number(clock.monotonic() - started) / 1e9
}

function liveLine({ feed, writer, pipeline, seconds }: Session): string {
  const { frames, bytes } = writer
  const { gaps, reconnects } = feed.counters
  const lag = pipeline.lag === null ? '' : `  lag ${Math.round(pipeline.lag / 1000)} ms`
  const waiting = feed.queuedBytes < 1e6 ? '' : `  waiting ${megabytes(feed.queuedBytes)}`
  const counts = `${frames} frames  ${perSecond(frames, seconds())} frames/s  ${megabytes(bytes)}`
  return `${counts}${lag}${waiting}  gaps ${gaps}  reconnects ${reconnects}`
}

function report(flags: Flags, { feed, writer, pipeline, latency, seconds }: Session): void {
  const { directory, frames, bytes, segments } = writer
  const { counts } = pipeline.tracker
  const { counters } = feed
  if (flags.json === true) {
    const irregularities = counts
    const summary = { type: 'summary', recording: directory, frames, bytes, segments, seconds: seconds() }
    const { processing, transit } = latency
    const line = { ...summary, connection: counters, irregularities, latency: { processing, transit } }
    process.stdout.write(`${JSON.stringify(line)}\n`)
    return
  }
  print(
    flags,
    `recorded ${frames} frames, ${megabytes(bytes)} of payload, in ${seconds().toFixed(1)} s`,
    `into     ${directory} (${segments} ${segments === 1 ? 'segment' : 'segments'})`,
    `network  ${describeNetwork(counters)}`,
    `data     ${describeIrregularities(counts)}`,
    `latency  ${describeLatency(latency)}`
  )
}
