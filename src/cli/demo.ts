import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import type { Clock } from '../core/clock.ts'
import { systemClock } from '../core/clock.ts'
import { PracticeExchange } from '../exchange/practice-exchange.ts'
import { LiveFeed } from '../live/live-feed.ts'
import type { MessageObserver } from '../pipeline.ts'
import { Pipeline } from '../pipeline.ts'
import type { Channel } from '../protocol/channels.ts'
import { openRecording } from '../recording/recording.ts'
import { RecordingWriter } from '../recording/recording-writer.ts'
import { ReplayFeed } from '../replay/replay-feed.ts'
import { movers } from '../scan/movers.ts'
import { opportunities } from '../scan/opportunities.ts'
import { SignalDigest } from '../sink/ndjson-sink.ts'
import { SignalText } from '../sink/signal-text.ts'
import { formatTable } from '../sink/text-table.ts'
import type { CommonFlags } from './common.ts'
import { addCommonOptions, print } from './common.ts'
import { recordingPath, sessionOf } from './recording-path.ts'
import { runInOrder } from './run-in-order.ts'
import { stopWhenAsked } from './stop.ts'
import { wantedChannels } from './subscriptions.ts'
import { describeIrregularities, perSecond } from './text.ts'
import { parsePositive, parseSeconds } from './values.ts'

interface Flags extends CommonFlags {
  readonly duration: number
  readonly marketsCount: number
  readonly rate: number
  readonly seed: number
  readonly out?: string
}

const CHANNELS: readonly Channel[] = ['ticker', 'trade', 'market_lifecycle_v2', 'orderbook_delta']

export function command(): Command {
  const command = new Command('demo')
    .description(
      'The whole round with no account and no network: starts a practice exchange on this machine, records it through a real socket while scanning live, replays the recording and compares the signals.'
    )
    .option('--duration <time>', 'how long to record', parseSeconds, 8)
    .option('--markets-count <n>', 'markets of the practice exchange', parsePositive, 40)
    .option('--rate <n>', 'its frames per second', parsePositive, 2000)
    .option('--seed <n>', 'of its markets', parsePositive, 1)
    .option('--out <directory>', 'the recording (default: recordings/<UTC start time>)')
    .addHelpText('after', '\nExample:\n  kws demo --duration 20s\n')
    .action(demo)
  return addCommonOptions(command)
}

async function demo(flags: Flags): Promise<void> {
  const clock = systemClock()
  const live = await recordWhileScanning(flags, clock)
  await writeFile(join(live.directory, SIGNALS_FILE), live.signals.text)
  const replayed = await replay(live.directory, clock)
  const equal = live.signals.text === replayed.signals.text
  if (!equal) process.exitCode = 1
  if (flags.json === true) {
    const { directory, pipeline, signals, digest } = live
    const counts = { frames: pipeline.frames, signals: signals.count, sha256: digest.digest() }
    const result = { type: 'demo', recording: directory, ...counts, equal }
    process.stdout.write(`${JSON.stringify(result)}\n`)
  }
  const digest = `sha256    ${replayed.digest.digest()}`
  print(
    flags,
    `replay    ${describe(replayed)}`,
    verdict(equal, live),
    digest,
    '',
    ...live.tables,
    ...furtherSteps(live)
  )
}

const SIGNALS_FILE = 'signals.ndjson'

interface Round {
  readonly directory: string
  readonly pipeline: Pipeline
  readonly signals: SignalText
  readonly digest: SignalDigest
  readonly seconds: number
}

interface LiveRound extends Round {
  /** As they were at the end. */
  readonly tables: readonly string[]
}

async function recordWhileScanning(flags: Flags, clock: Clock): Promise<LiveRound> {
  const { rate, seed, marketsCount } = flags
  const exchange = await PracticeExchange.start({ clock, rate, seed, markets: marketsCount })
  try {
    print(flags, `exchange  ${exchange.url}, ${marketsCount} markets, ${rate} frames/s`)
    const markets = exchange.tickers()
    const subscriptions = wantedChannels(CHANNELS, new Set(markets))
    await using feed = await LiveFeed.connect({ url: exchange.url, clock, subscriptions })
    const session = sessionOf({ url: exchange.url, environment: 'practice' }, CHANNELS, markets)
    const writer = await RecordingWriter.create(recordingPath(flags.out, clock), { clock, session })
    const round = startRound(writer.directory, feed)
    const started = clock.monotonic()
    let tables: readonly string[] = []
    const stop = () => {
      // Before the connection closes, which makes all data stale.
      tables = tablesOf(round)
      feed.stop()
    }
    const release = stopWhenAsked(stop, clock, flags.duration)
    print(flags, `record    ${writer.directory}, for ${flags.duration} s while scanning …`)
    await runInOrder(feed, [writer, round.pipeline], () => feed.stop()).finally(release)
    const recorded = { ...round, tables, seconds: secondsSince(started, clock) }
    print(flags, `live      ${describe(recorded)}`)
    return recorded
  } finally {
    await exchange.close()
  }
}

async function replay(directory: string, clock: Clock): Promise<Round> {
  const round = startRound(directory)
  const started = clock.monotonic()
  const stopping = new AbortController()
  const feed = new ReplayFeed([await openRecording(directory)], { clock, signal: stopping.signal })
  await runInOrder(feed, [round.pipeline], () => stopping.abort())
  return { ...round, seconds: secondsSince(started, clock) }
}

/** The same scanners, whatever the frames come from. */
function startRound(directory: string, observer?: MessageObserver): Omit<Round, 'seconds'> {
  const signals = new SignalText()
  const digest = new SignalDigest()
  const pipeline = new Pipeline({
    scanners: [movers(), opportunities()],
    sinks: [signals, digest],
    ...(observer === undefined ? {} : { observer })
  })
  return { directory, signals, digest, pipeline }
}

function secondsSince(started: bigint, clock: Clock): number {
  return Number(clock.monotonic() - started) / 1e9
}

function describe({ pipeline, signals, seconds }: Round): string {
  const pace = `${pipeline.frames} frames in ${seconds.toFixed(2)} s (${perSecond(pipeline.frames, seconds)}/s)`
  return `${pace}, ${signals.count} signals, ${describeIrregularities(pipeline.tracker.counts)}`
}

function verdict(equal: boolean, { signals }: Round): string {
  return equal
    ? `equal     live and replayed signals are the same ${Buffer.byteLength(signals.text)} bytes`
    : 'DIFFERENT the replayed signals are not the live ones'
}

function tablesOf({ pipeline }: Pick<Round, 'pipeline'>): string[] {
  return pipeline.rank(ROWS_SHOWN).flatMap(({ scanner, table }) => [scanner, ...formatTable(table), ''])
}

const ROWS_SHOWN = 8

function furtherSteps({ directory }: Round): string[] {
  return [
    'Look further:',
    `  bin/kws info ${directory}`,
    `  bin/kws replay ${directory} --speed 1x`,
    `  bin/kws replay ${directory} --scanner movers,opportunities --json | diff - ${join(directory, SIGNALS_FILE)}`
  ]
}
