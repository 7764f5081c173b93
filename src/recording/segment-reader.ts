import { KwsError } from '../core/errors.ts'
import type { FrameBatch } from '../core/frame.ts'
import { ByteSource } from './byte-source.ts'
import { BatchDecoder } from './batch-decoder.ts'
import type { BatchMessage } from './batch-messages.ts'
import { BatchMessages } from './batch-messages.ts'
import type { OnReadFault } from './segment-fault.ts'
import type { SegmentOpening } from './segment-opening.ts'
import { takeOpening } from './segment-opening.ts'
import { SEGMENT_NAME } from './segment-schema.ts'

/**
 * A segment's complete batches in constant memory, each valid until the next is asked for. Where one that is not sealed
 * ends, `hasGrown`, if given, waits until there is more, and gives whether to look for it.
 */
export async function* readSegment(
  file: string,
  onFault?: OnReadFault,
  hasGrown?: () => Promise<boolean>
): AsyncGenerator<FrameBatch, void, undefined> {
  for await (const { batch } of readStored(file, onFault, hasGrown)) yield batch
}

/** The same, with what each batch is stored as. */
export async function* readStored(
  file: string,
  onFault?: OnReadFault,
  hasGrown?: () => Promise<boolean>
): AsyncGenerator<{ readonly batch: FrameBatch; readonly message: BatchMessage }, void, undefined> {
  const source = await ByteSource.open(file)
  try {
    const decoder = new BatchDecoder(file)
    for await (const message of new BatchMessages(source, file, onFault, hasGrown)) {
      yield { batch: await decoder.decode(message), message }
    }
  } finally {
    await source.close()
  }
}

/**
 * What a file begins with. Throws where a file is not a segment, or one of a newer format. One that is named as segments are is one, even if it
 * was cut in its start or a loss of power left nothing of it.
 */
export async function checkSegment(file: string): Promise<SegmentOpening> {
  const source = await ByteSource.open(file)
  try {
    const opening = await takeOpening(source, file)
    if (opening.type === 'foreign' && !SEGMENT_NAME.test(file)) throw new KwsError('damaged', opening.reason)
    return opening
  } finally {
    await source.close()
  }
}
