import { Command } from 'commander'
import type { Microseconds } from '../core/time.ts'
import { SECOND } from '../core/time.ts'
import { KwsError } from '../core/errors.ts'
import type { CommonFlags } from './common.ts'
import { addCommonOptions } from './common.ts'
import type { ConnectionFlags } from './connection.ts'
import { addConnectionOptions } from './connection.ts'
import type { LiveFlags } from './live-options.ts'
import { addLiveOptions } from './live-options.ts'
import { RECORDINGS } from './recording-path.ts'
import { streamLive } from './stream-live.ts'
import type { StreamFlags } from './stream-pipeline.ts'
import { streamReplay } from './stream-replay.ts'
import { parseList, parseWindow } from './values.ts'

interface Flags extends CommonFlags, ConnectionFlags, LiveFlags, StreamFlags {
  readonly dedupe: Microseconds
  readonly live?: true
  /** True without a value: the newest recording. */
  readonly replay?: string | true
  readonly dir: string
}

export function command(): Command {
  const command = new Command('stream')
    .description('Writes markets, price updates, trades and lifecycle events into a SQLite database.')
    .requiredOption('--db <file>', 'the database; made if there is none, continued if there is one')
    .option('--live', 'from the live feed (default)')
    .option('--replay [recording]', 'from a recording (default: the newest)')
    .option('--dir <directory>', 'where recordings are', RECORDINGS)
    .option(
      '--dedupe <time>',
      'drop updates that repeat the one before within so long; 0 for none',
      parseWindow,
      SECOND
    )
    .option('--markets <tickers>', 'only these markets', parseList)
    .addHelpText('after', EXAMPLES)
    .action(stream)
  return addCommonOptions(addLiveOptions(addConnectionOptions(command)))
}

const EXAMPLES = `
Examples:
  kws stream --db prices.sqlite --live --series KXBTC15M
  kws stream --db prices.sqlite --replay recordings/sample
  sqlite3 prices.sqlite 'select market_ticker, bid, ask, received_at from latest_view limit 10'

The same recording streamed twice changes nothing. docs/stream.md has the tables.
`

async function stream(flags: Flags): Promise<void> {
  const { live, replay, dir } = flags
  if (live === true && replay !== undefined) {
    throw new KwsError('usage', 'say where to stream from: either --live or --replay [recording]')
  }
  if (replay === undefined) await streamLive(flags)
  else await streamReplay(replay === true ? undefined : replay, dir, flags)
}
