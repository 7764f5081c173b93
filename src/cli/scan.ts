import { Command } from 'commander'
import { KwsError } from '../core/errors.ts'
import type { CacheFlags } from './cache-options.ts'
import { addCacheOption } from './cache-options.ts'
import type { CommonFlags } from './common.ts'
import { addCommonOptions } from './common.ts'
import type { ConnectionFlags } from './connection.ts'
import { addConnectionOptions } from './connection.ts'
import type { LiveFlags } from './live-options.ts'
import { addLiveOptions } from './live-options.ts'
import { play } from './play.ts'
import { RECORDINGS } from './recording-path.ts'
import type { LiveScanFlags } from './scan-live.ts'
import { scanLive } from './scan-live.ts'
import type { ScanFlags } from './scan-options.ts'
import { addScanOptions, SCANNERS } from './scan-options.ts'
import { addStorageOptions } from './storage-options.ts'
import { parseSeconds } from './values.ts'

interface Flags extends CommonFlags, ScanFlags, ConnectionFlags, LiveFlags, LiveScanFlags, CacheFlags {
  readonly live?: true
  /** True without a value: the newest recording. */
  readonly replay?: string | true
  readonly dir: string
}

export function command(): Command {
  const command = new Command('scan')
    .description('Runs scanners on the live feed, or the same ones on a recording.')
    .argument('[scanners...]', SCANNERS)
    .option('--live', 'on the live feed')
    .option('--replay [recording]', 'on a recording (default: the newest)')
    .option('--dir <directory>', 'where recordings are', RECORDINGS)
    .option('--record <directory>', 'record at the same time')
    .option('--interval <time>', 'redraw the table so often', parseSeconds, 2)
    .option('--once', 'print one table as soon as the market data are in, and end')
    .addHelpText('after', '\nExample:\n  kws scan movers --live --record recordings/today\n')
    .action(scan)
  return addCommonOptions(
    addCacheOption(addScanOptions(addStorageOptions(addLiveOptions(addConnectionOptions(command)))))
  )
}

async function scan(scanners: readonly string[], flags: Flags): Promise<void> {
  const { live, replay } = flags
  if ((live === true) === (replay !== undefined)) {
    throw new KwsError('usage', 'say where to scan: either --live or --replay [recording]')
  }
  if (live === true) await scanLive(scanners, flags)
  else await play(typeof replay === 'string' ? [replay] : [], scanners, { ...flags, speed: 'max' })
}
