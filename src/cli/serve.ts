import type { WriteStream } from 'node:fs'
import { createWriteStream, openSync, readFileSync } from 'node:fs'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { Logger } from 'pino'
import type { Clock } from '../core/clock.ts'
import { systemClock } from '../core/clock.ts'
import { KwsError, reasonOf } from '../core/errors.ts'
import { Authenticator } from '../exchange/authentication.ts'
import type { Era } from '../exchange/era.ts'
import { ExchangeServer } from '../exchange/exchange-server.ts'
import type { FaultSpec } from '../exchange/faults/fault-spec.ts'
import { faultHelp, parseFault } from '../exchange/faults/fault-language.ts'
import type { Playback } from '../exchange/playback.ts'
import type { AtEnd } from '../exchange/recorded/recorded-playback.ts'
import { RecordedPlayback } from '../exchange/recorded/recorded-playback.ts'
import { SyntheticPlayback } from '../exchange/synthetic-playback.ts'
import type { Channel } from '../protocol/channels.ts'
import type { Speed } from '../replay/schedule.ts'
import type { CommonFlags } from './common.ts'
import { addCommonOptions } from './common.ts'
import { createLog } from './log.ts'
import { openRecordings, RECORDINGS } from './recording-path.ts'
import { watch } from './status-line.ts'
import { stopWhenAsked } from './stop.ts'
import { parseChannels } from './subscriptions.ts'
import { describeFault } from './text.ts'
import { parsePositive, parseSpeed, parseWhole } from './values.ts'

interface Flags extends CommonFlags {
  readonly synthetic?: true
  readonly port: number
  readonly host: string
  readonly speed: Speed
  readonly from?: string
  readonly loop?: true
  readonly atEnd: AtEnd
  readonly waitForClients: number
  readonly perConnection?: true
  readonly seed: number
  readonly marketsCount: number
  readonly rate: number
  readonly era: Era
  readonly requireAuth?: string
  readonly deny?: readonly Channel[]
  readonly restRate?: number
  readonly fault?: readonly FaultSpec[]
  readonly faultLog?: string
  readonly dir: string
}

export function command(): Command {
  const command = new Command('serve')
    .description(
      'An exchange in a box: speaks the WebSocket protocol, with REST beside it, from recordings or from synthetic markets.'
    )
    .argument('[recordings...]', 'directories or segments (default: the newest recording)')
    .option('--synthetic', 'invented markets in place of a recording')
    .option('--port <n>', 'where to listen; 0 for any that is free', parseWhole, 0)
    .option('--host <address>', 'other than loopback needs --require-auth', '127.0.0.1')
    .option('--require-auth <keyid=file>', 'let in only who signs with this key: KEYID=public-key.pem')
    .option('--deny <channels>', 'channels that are not granted (error 9)', parseChannels)
    .option('--rest-rate <n>', 'REST requests a second, beyond which 429 answers', parsePositive)
  return addCommonOptions(addFaultOptions(addSyntheticOptions(addRecordingOptions(command))))
    .addHelpText('after', `\n${faultHelp()}\n${EXAMPLES}`)
    .action(serve)
}

const EXAMPLES = `
Examples:
  kws serve recordings/tuesday --speed 10x --port 8080
  kws serve --synthetic --markets-count 1000 --rate 5000 --seed 7

The first line of the output is where to connect. While it runs, on this machine:
  curl -X POST localhost:8080/control/pause        (resume, step)
  curl -X POST localhost:8080/control/seek -d '{"to": "+5m"}'
  curl -X POST localhost:8080/control/speed -d '{"speed": "max"}'
  curl localhost:8080/control                      position, clients, counters
  curl localhost:8080/control/book/TICKER          the true book
`

function addRecordingOptions(command: Command): Command {
  return command
    .option('--speed <speed>', '1x, 10x, … or max, which never waits but for slow clients', parseSpeed, 1)
    .option('--from <time>', 'begin there: RFC 3339, Unix seconds, or an offset such as +5m')
    .addOption(
      new Option('--at-end <what>', 'what becomes of the connections')
        .choices(['hold', 'close', 'loop'])
        .default('hold')
    )
    .option('--loop', 'the same as --at-end loop')
    .option(
      '--wait-for-clients <n>',
      'the clock starts when so many clients have subscribed; 0 for at once',
      parseWhole,
      1
    )
    .option('--per-connection', 'each connection has a clock of its own')
    .option('--dir <directory>', 'where recordings are', RECORDINGS)
}

function addSyntheticOptions(command: Command): Command {
  return command
    .option('--seed <n>', 'of the synthetic markets and of the faults', parsePositive, 1)
    .option('--markets-count <n>', 'synthetic markets', parsePositive, 40)
    .option('--rate <n>', 'frames a second over all synthetic markets', parsePositive, 200)
    .addOption(
      new Option('--era <era>', 'the encoding of synthetic markets')
        .choices(['legacy', 'dual', 'current'])
        .default('current')
    )
}

function addFaultOptions(command: Command): Command {
  return command
    .option('--fault <fault>', 'break something, such as drop@5s; may be given several times (docs/serve.md)', addFault)
    .option('--fault-log <file>', 'what was broken, and when, as NDJSON')
}

async function serve(paths: readonly string[], flags: Flags): Promise<void> {
  const log = createLog(flags.logLevel, flags.logJson === true)
  const clock = systemClock()
  const createPlayback = await playbackOf(paths, flags, clock, log)
  const faultLog = flags.faultLog === undefined ? undefined : openFaultLog(flags.faultLog)
  const server = await ExchangeServer.start(createPlayback, {
    clock,
    host: flags.host,
    port: flags.port,
    authenticator: authenticatorOf(flags, clock),
    permissions: { deniedChannels: new Set(flags.deny) },
    restRequestsPerSecond: flags.restRate,
    waitForClients: flags.synthetic === true ? 0 : flags.waitForClients,
    perConnection: flags.perConnection === true,
    faults: {
      faults: flags.fault ?? [],
      seed: flags.seed,
      log: entry => (faultLog === undefined ? log.info(entry, 'fault') : faultLog.write(`${JSON.stringify(entry)}\n`))
    }
  })
  announce(server, flags)
  const stopWatching = watch(clock, () => statusOf(server))
  await new Promise<void>(stop => stopWhenAsked(stop, clock))
  stopWatching()
  const { frames } = server.counters
  await server.close()
  faultLog?.end()
  log.info(`served ${frames} frames`)
}

async function playbackOf(paths: readonly string[], flags: Flags, clock: Clock, log: Logger): Promise<() => Playback> {
  if (flags.synthetic === true) {
    if (paths.length > 0) throw new KwsError('usage', 'give recordings or --synthetic, not both')
    if (flags.perConnection === true) throw new KwsError('usage', '--per-connection is for recordings')
    const { seed, marketsCount: markets, rate, era } = flags
    const playback = new SyntheticPlayback({ clock, seed, markets, rate, era, roundLength: ROUND_LENGTH })
    return () => playback
  }
  return await RecordedPlayback.prepare(await openRecordings(paths, flags.dir), {
    clock,
    speed: flags.speed,
    from: flags.from,
    atEnd: flags.loop === true ? 'loop' : flags.atEnd,
    onFault: fault => log.warn(describeFault(fault))
  })
}

/** In changes: a round of the shortest-lived synthetic markets. */
const ROUND_LENGTH = 20_000

/** `KEYID=public-key.pem` */
function authenticatorOf({ requireAuth }: Flags, clock: Clock): Authenticator | undefined {
  if (requireAuth === undefined) return undefined
  const [keyId = '', ...rest] = requireAuth.split('=')
  const file = rest.join('=')
  if (keyId === '' || file === '') throw new KwsError('usage', 'write --require-auth KEYID=public-key.pem')
  try {
    return new Authenticator(keyId, readFileSync(file, 'utf8'), clock)
  } catch (error) {
    if (error instanceof KwsError) throw error
    throw new KwsError('credentials', `cannot read the public key: ${reasonOf(error)}`, { cause: error })
  }
}

function addFault(text: string, previous: readonly FaultSpec[] = []): FaultSpec[] {
  try {
    return [...previous, parseFault(text)]
  } catch (error) {
    throw new InvalidArgumentError(reasonOf(error))
  }
}

/** Opened before anything is served, so that a path that cannot be written is known at once. */
function openFaultLog(file: string): WriteStream {
  try {
    return createWriteStream(file, { fd: openSync(file, 'w') })
  } catch (error) {
    throw new KwsError('storage', `cannot write the fault log: ${reasonOf(error)}`, { cause: error })
  }
}

function announce({ url, port }: ExchangeServer, { json, host }: Flags): void {
  const rest = `http://${host}:${port}/trade-api/v2`
  const control = `http://127.0.0.1:${port}/control`
  process.stdout.write(json === true ? `${JSON.stringify({ type: 'serve', url, rest, control })}\n` : `${url}\n`)
}

function statusOf(server: ExchangeServer): string {
  const { connections, frames } = server.counters
  const { position, speed, isPaused, isOver } = server.playback.status()
  const state = isOver ? 'over' : isPaused ? 'paused' : speed
  return `${position?.slice(0, 23) ?? '-'}  ${state}  ${connections} clients  ${frames} frames`
}
