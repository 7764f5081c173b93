import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { encodeEnd } from '../recording/encode-message.ts'
import { decodeMetadata } from '../recording/message-source.ts'
import { CHECKSUMS_LENGTH, DICTIONARIES, PREFIX_LENGTH, SEGMENT_START } from '../recording/segment-schema.ts'

/** What kws reads a segment without, but other tools do not. */
export type PartForOthers = 'dictionaries' | 'footer'

/** Where a message stands in a segment, as the footer tells it. */
interface Block {
  readonly offset: number
  readonly metaDataLength: number
  readonly bodyLength: number
  /** CRC-32 of the body, as its metadata tell it. */
  readonly checksum: number
}

/**
 * Which part of a sealed segment is not what was written: the words that the codes of kinds and directions stand for,
 * or the index of the batches, which must follow from them since it has no checksum. Null where both are right. The
 * segment must have been read without a fault before.
 */
export async function findBrokenPart(file: string): Promise<PartForOthers | null> {
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    const { blocks, end } = await findBlocks(handle, size)
    const dictionaries = blocks.slice(1, 1 + DICTIONARIES.length)
    for (const { offset, metaDataLength, bodyLength, checksum } of dictionaries) {
      if (crc32(await readAt(handle, offset + metaDataLength, bodyLength)) !== checksum) return 'dictionaries'
    }
    const right = Buffer.concat(encodeEnd(blocks.slice(1 + DICTIONARIES.length), dictionaries))
    const isRight = right.length === size - end && right.equals(await readAt(handle, end, right.length))
    return isRight ? null : 'footer'
  } finally {
    await handle.close()
  }
}

/** The schema, the dictionaries and the batches, up to the end of the stream. Reads their heads alone. */
async function findBlocks(
  handle: FileHandle,
  size: number
): Promise<{ readonly blocks: Block[]; readonly end: number }> {
  const blocks: Block[] = []
  let offset = SEGMENT_START.length
  while (offset + PREFIX_LENGTH <= size) {
    const length = (await readAt(handle, offset, PREFIX_LENGTH)).readInt32LE(4)
    if (length <= 0 || offset + PREFIX_LENGTH + length > size) break
    const metadata = await readAt(handle, offset + PREFIX_LENGTH, length)
    const { bodyLength } = decodeMetadata(metadata)
    const metaDataLength = PREFIX_LENGTH + length
    blocks.push({ offset, metaDataLength, bodyLength, checksum: metadata.readUInt32LE(length - CHECKSUMS_LENGTH) })
    offset += metaDataLength + bodyLength
  }
  return { blocks, end: offset }
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position)
  return buffer.subarray(0, bytesRead)
}
