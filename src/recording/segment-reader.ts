import { RecordBatch } from 'apache-arrow/ipc/metadata/message'
import type { FrameBatch } from '../core/frame.ts'
import { ByteSource } from './byte-source.ts'
import { decodeBatch } from './decode-batch.ts'
import { takeMessage } from './message-source.ts'
import { takeOpening } from './segment-opening.ts'
import { SEGMENT_MAGIC } from './segment-schema.ts'

/** What is wrong with a segment. Its complete batches are read all the same. */
export type SegmentFault =
  /** The recorder was killed or is still at work: nothing is missing, but tools that want an Arrow file refuse it. */
  | { readonly type: 'unsealed'; readonly file: string }
  /** So many bytes, from an offset to the end, are no complete batch: what a killed recorder was writing. */
  | { readonly type: 'torn'; readonly file: string; readonly offset: number; readonly bytes: number }
  /** The bytes of a batch are not those that were written; its rows are left out. */
  | { readonly type: 'corrupt'; readonly file: string; readonly offset: number; readonly rows: number }
  /** `session.json` lists it with so many rows, but it is gone. */
  | { readonly type: 'missing'; readonly file: string; readonly rows: number }
  /** It was sealed with the listed rows, and since then has been cut or replaced; the damaged ones are among the rows. */
  | { readonly type: 'differs'; readonly file: string; readonly rows: number; readonly listed: number }
  /** It lies beside the segments but `session.json` does not list it: it is left out, since it may be a copy of one. */
  | { readonly type: 'unlisted'; readonly file: string }

export type OnFault = (fault: SegmentFault) => void

/** Whether frames that were safe are lost, or something that was sealed has changed: the work ends with exit code 3. */
export function isDamage(fault: SegmentFault): boolean {
  switch (fault.type) {
    case 'corrupt':
    case 'missing':
    case 'differs':
      return true
    case 'unsealed':
    case 'torn':
    case 'unlisted':
      return false
  }
}

/** A segment's complete batches in constant memory, each valid until the next is asked for. */
export async function* readSegment(file: string, onFault?: OnFault): AsyncGenerator<FrameBatch, void, undefined> {
  const source = await ByteSource.open(file)
  try {
    const fault = (await takeOpening(source, file)) ? yield* takeBatches(source, file, onFault) : endAt(0, source, file)
    if (fault !== undefined) onFault?.(fault)
  } finally {
    await source.close()
  }
}

/** Throws where a file is not a segment, or one of a newer format; a segment cut anywhere, even in its start, is one. */
export async function checkSegment(file: string): Promise<void> {
  const source = await ByteSource.open(file)
  try {
    await takeOpening(source, file)
  } finally {
    await source.close()
  }
}

async function* takeBatches(
  source: ByteSource,
  file: string,
  onFault?: OnFault
): AsyncGenerator<FrameBatch, SegmentFault | undefined, undefined> {
  for (;;) {
    const offset = source.position
    const message = await takeMessage(source)
    if (message === undefined) return endAt(offset, source, file)
    if (message === 'end') return (await isSealed(source)) ? undefined : { type: 'unsealed', file }
    const { header, body, isIntact } = message
    if (!(header instanceof RecordBatch)) continue
    if (isIntact) yield decodeBatch(header, body)
    else onFault?.({ type: 'corrupt', file, offset, rows: header.length })
  }
}

/** The fault of a segment whose last complete message ends at an offset. */
function endAt(offset: number, source: ByteSource, file: string): SegmentFault {
  const bytes = source.size - offset
  return bytes === 0 ? { type: 'unsealed', file } : { type: 'torn', file, offset, bytes }
}

/** After the end of the stream: whether the footer is whole. */
async function isSealed(source: ByteSource): Promise<boolean> {
  const footer = await source.take(source.remaining)
  const magic = footer?.subarray(-SEGMENT_MAGIC.length)
  return magic !== undefined && Buffer.compare(magic, SEGMENT_MAGIC) === 0
}
