import { parentPort, workerData } from 'node:worker_threads'
import { compressBody } from './compress-body.ts'
import type { Body } from './encode-body.ts'
import type { PackedBatch } from './packed-batch.ts'
import { unpackBatch } from './packed-batch.ts'
import { loadZstd } from './zstd.ts'

/** What the thread answers: the body in one chunk, and the memory of the batch for the next. */
export interface CompressedBatch {
  readonly body: Body
  readonly memory: ArrayBuffer
}

const zstd = await loadZstd()
const level = Number(workerData)

parentPort?.on('message', (packed: PackedBatch) => {
  const body = compressBody(unpackBatch(packed), zstd, level)
  const bytes = new Uint8Array(body.length)
  let offset = 0
  for (const chunk of body.chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  const answer: CompressedBatch = { body: { ...body, chunks: [bytes] }, memory: packed.memory }
  parentPort?.postMessage(answer, [bytes.buffer, packed.memory])
})
