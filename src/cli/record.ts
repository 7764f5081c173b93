import { Command } from 'commander'
import { systemClock } from '../core/clock.ts'
import { LiveFeed } from '../live/live-feed.ts'
import { Pipeline, run } from '../pipeline.ts'
import type { Channel } from '../protocol/channels.ts'
import { RecordingWriter } from '../recording/recording-writer.ts'
import type { CommonFlags } from './common.ts'
import { addCommonOptions, print } from './common.ts'
import type { ConnectionFlags } from './connection.ts'
import { addConnectionOptions, connectionFrom } from './connection.ts'
import { createLog } from './log.ts'
import { recordingPath, sessionOf } from './recording-path.ts'
import { stopWhenAsked } from './stop.ts'
import type { StorageFlags } from './storage-options.ts'
import { addStorageOptions, storageFrom } from './storage-options.ts'
import { watch } from './status-line.ts'
import { parseChannels, subscriptionsFor } from './subscriptions.ts'
import { describeIrregularities, megabytes, perSecond } from './text.ts'
import { parseList, parseSeconds } from './values.ts'

interface Flags extends CommonFlags, ConnectionFlags, StorageFlags {
  readonly channels?: readonly Channel[]
  readonly markets?: readonly string[]
  readonly duration?: number
  readonly out?: string
}

const DEFAULT_CHANNELS: readonly Channel[] = ['ticker', 'trade', 'market_lifecycle_v2']

export function command(): Command {
  const command = new Command('record')
    .description('Captures every raw frame, both directions, with nanosecond receive times.')
    .option(
      '--channels <names>',
      `channels (default: ${DEFAULT_CHANNELS.join(',')}; with --markets also orderbook_delta)`,
      parseChannels
    )
    .option('--markets <tickers>', 'only these markets', parseList)
    .option('--duration <time>', 'stop after so long, such as 10m', parseSeconds)
    .option('--out <directory>', 'the recording (default: recordings/<UTC start time>)')
    .addHelpText('after', '\nExample:\n  kws record --markets KXBTC15M-26NOV241500-00 --duration 15m\n')
    .action(record)
  return addCommonOptions(addStorageOptions(addConnectionOptions(command)))
}

async function record(flags: Flags): Promise<void> {
  const log = createLog(flags.logLevel, flags.logJson === true)
  const clock = systemClock()
  const connection = connectionFrom(flags, clock, log)
  const markets = flags.markets ?? []
  const channels =
    flags.channels ?? (markets.length === 0 ? DEFAULT_CHANNELS : [...DEFAULT_CHANNELS, 'orderbook_delta'])
  const subscriptions = subscriptionsFor(channels, markets)
  await using feed = await LiveFeed.connect({ ...connection, clock, subscriptions })
  const writer = await RecordingWriter.create(recordingPath(flags.out, clock), {
    clock,
    onDiskFull: () => feed.stop(),
    session: sessionOf(connection, channels, markets),
    ...storageFrom(flags)
  })
  log.info(`recording ${connection.url} into ${writer.directory}`)
  const pipeline = new Pipeline({ scanners: [], sinks: [] })
  const started = clock.monotonic()
  const seconds = () => Number(clock.monotonic() - started) / 1e9
  const stopWatching = watch(clock, () => liveLine(writer, pipeline, seconds()))
  const release = stopWhenAsked(() => feed.stop(), clock, flags.duration)
  try {
    await run(feed, [writer, pipeline])
  } finally {
    release()
    stopWatching()
    report(flags, writer, pipeline, seconds())
  }
}

function liveLine(writer: RecordingWriter, { lag, tracker }: Pipeline, seconds: number): string {
  const { frames, bytes } = writer
  const behind = lag === null ? '' : `  lag ${Math.round(lag / 1000)} ms`
  return `${frames} frames  ${perSecond(frames, seconds)} frames/s  ${megabytes(bytes)}${behind}  gaps ${tracker.counts.gap}`
}

function report(flags: Flags, writer: RecordingWriter, pipeline: Pipeline, seconds: number): void {
  const { directory, frames, bytes, segments } = writer
  const { counts } = pipeline.tracker
  if (flags.json === true) {
    const summary = { type: 'summary', recording: directory, frames, bytes, segments, seconds, irregularities: counts }
    process.stdout.write(`${JSON.stringify(summary)}\n`)
    return
  }
  print(
    flags,
    `recorded ${frames} frames, ${megabytes(bytes)} of payload, in ${seconds.toFixed(1)} s`,
    `into     ${directory} (${segments} ${segments === 1 ? 'segment' : 'segments'})`,
    `data     ${describeIrregularities(counts)}`
  )
}
