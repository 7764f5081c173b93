import type { Command } from 'commander'
import { Option } from 'commander'
import type { Compression } from '../recording/body-encoder.ts'
import { COMPRESSIONS } from '../recording/body-encoder.ts'
import type { RecordingWriterOptions, Rotation } from '../recording/recording-writer.ts'
import type { Fsync } from '../recording/segment-series.ts'
import { FSYNCS } from '../recording/segment-series.ts'
import { parseRotation, parseSeconds } from './values.ts'

/** The flags of how frames are stored. */
export interface StorageFlags {
  readonly rotate?: Rotation
  readonly compression: Compression
  readonly flushInterval: number
  readonly fsync: Fsync
}

export function addStorageOptions(command: Command): Command {
  return command
    .option('--rotate <limit>', 'begin a new segment at a size or age, such as 256MB or 1h', parseRotation)
    .addOption(
      new Option('--compression <codec>', 'of the segments, on a thread of its own')
        .choices(COMPRESSIONS)
        .default('none')
    )
    .option('--flush-interval <time>', 'write what is pending so often: what a killed recorder loses', parseSeconds, 1)
    .addOption(
      new Option('--fsync <when>', 'have it on the disk with each batch, every second, or never (docs/format.md)')
        .choices(FSYNCS)
        .default('interval')
    )
}

export function storageFrom({
  rotate,
  compression,
  flushInterval,
  fsync
}: StorageFlags): Pick<RecordingWriterOptions, 'rotate' | 'compression' | 'flushSeconds' | 'fsync'> {
  return { ...(rotate === undefined ? {} : { rotate }), compression, flushSeconds: flushInterval, fsync }
}
