import { Command } from 'commander'
import { addCacheOption } from './cache-options.ts'
import type { CommonFlags } from './common.ts'
import { addCommonOptions } from './common.ts'
import { addMarketOptions } from './market-options.ts'
import { parseList, parseSpeed } from './values.ts'
import { RECORDINGS } from './recording-path.ts'
import { parseHorizons } from './outcomes.ts'
import type { PlayFlags } from './play.ts'
import { play } from './play.ts'
import type { ScanFlags } from './scan-options.ts'
import { addScanOptions, SCANNERS } from './scan-options.ts'

interface Flags extends CommonFlags, ScanFlags, PlayFlags {
  readonly scanner?: readonly string[]
}

export function command(): Command {
  const command = new Command('replay')
    .description('Plays recordings through decoder, tracker and scanners. Several are merged by receive time.')
    .argument('[recordings...]', 'directories or segments (default: the newest recording)')
    .option('--speed <speed>', '1x, 10x, … or max, which never waits', parseSpeed, 'max')
    .option('--from <time>', 'signals from here on: RFC 3339, Unix seconds, or an offset such as +5m')
    .option('--to <time>', 'frames up to here')
    .option('--follow', 'go on as recordings grow, until their recorder ends or Ctrl-C')
    .option('--scanner <names>', SCANNERS, parseList)
    .option('--outcomes <times>', 'what became of each signal: some of 1s,10s,1m,5m,settle', parseHorizons)
    .option('--dir <directory>', 'where recordings are', RECORDINGS)
    .addHelpText('after', '\nExample:\n  kws replay recordings/sample --speed 10x --scanner movers,./my-scanner.ts\n')
    .action(async (paths: readonly string[], flags: Flags) => await play(paths, flags.scanner ?? [], flags))
  return addCommonOptions(addCacheOption(addScanOptions(addMarketOptions(command))))
}
