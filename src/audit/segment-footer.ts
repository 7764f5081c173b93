import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { encodeEnd } from '../recording/encode-message.ts'
import { decodeMetadata } from '../recording/message-source.ts'
import { DICTIONARIES, PREFIX_LENGTH, SEGMENT_START } from '../recording/segment-schema.ts'

/** Where a message stands in a segment, as the footer tells it. */
interface Block {
  readonly offset: number
  readonly metaDataLength: number
  readonly bodyLength: number
}

/**
 * Whether the end of a sealed segment is what its messages say. kws reads segments without the footer, which has no
 * checksum, but other tools find the batches by it. The segment must have been read without a fault before.
 */
export async function isFooterRight(file: string): Promise<boolean> {
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    const { blocks, end } = await findBlocks(handle, size)
    const [, ...rest] = blocks
    const dictionaries = rest.splice(0, DICTIONARIES.length)
    const right = Buffer.concat(encodeEnd(rest, dictionaries))
    return right.length === size - end && right.equals(await readAt(handle, end, size - end))
  } finally {
    await handle.close()
  }
}

/** All messages before the end of the stream. Reads their heads alone. */
async function findBlocks(
  handle: FileHandle,
  size: number
): Promise<{ readonly blocks: Block[]; readonly end: number }> {
  const blocks: Block[] = []
  let offset = SEGMENT_START.length
  while (offset + PREFIX_LENGTH <= size) {
    const length = (await readAt(handle, offset, PREFIX_LENGTH)).readInt32LE(4)
    if (length <= 0 || offset + PREFIX_LENGTH + length > size) break
    const { bodyLength } = decodeMetadata(await readAt(handle, offset + PREFIX_LENGTH, length))
    const metaDataLength = PREFIX_LENGTH + length
    blocks.push({ offset, metaDataLength, bodyLength })
    offset += metaDataLength + bodyLength
  }
  return { blocks, end: offset }
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position)
  return buffer.subarray(0, bytesRead)
}
