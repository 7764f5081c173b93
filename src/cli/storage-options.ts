import type { Command } from 'commander'
import { Option } from 'commander'
import type { Compression } from '../recording/body-encoder.ts'
import { COMPRESSIONS } from '../recording/body-encoder.ts'
import type { RecordingWriterOptions, Rotation } from '../recording/recording-writer-options.ts'
import { DEFAULT_SETTINGS } from '../recording/recording-writer-options.ts'
import type { Fsync } from '../recording/segment-series.ts'
import { FSYNCS } from '../recording/segment-series.ts'
import { parseRotation, parseSeconds } from './values.ts'

/** The flags of whatever records, but for where. */
export interface StorageFlags {
  readonly rotate?: Rotation
  readonly compression: Compression
  readonly flushInterval: number
  readonly fsync: Fsync
}

export function addStorageOptions(command: Command): Command {
  const { compression, flushSeconds, fsync } = DEFAULT_SETTINGS
  return command
    .option('--rotate <limit>', 'begin a new segment at a size or age, such as 1h (default: 256MB)', parseRotation)
    .addOption(new Option('--compression <codec>', 'of what is stored').choices(COMPRESSIONS).default(compression))
    .addOption(
      new Option('--flush-interval <time>', 'write what has come this often, or each 4,096 frames')
        .argParser(parseSeconds)
        .default(flushSeconds, `${flushSeconds}s`)
    )
    .addOption(
      new Option('--fsync <when>', 'what a loss of power may cost (docs/format.md)').choices(FSYNCS).default(fsync)
    )
}

/** How the writer is to store. */
export function storageOf(
  flags: StorageFlags
): Pick<RecordingWriterOptions, 'rotate' | 'compression' | 'flushSeconds' | 'fsync'> {
  const { rotate, compression, flushInterval: flushSeconds, fsync } = flags
  return { compression, flushSeconds, fsync, ...(rotate === undefined ? {} : { rotate }) }
}
