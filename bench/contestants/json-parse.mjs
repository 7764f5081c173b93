// `JSON.parse` of each frame, and nothing else: prices and times are texts still, and nothing is checked.
import { heldBatches, typeCheck } from '../held-frames.mjs'

export async function prepare({ recording }) {
  const batches = await heldBatches(recording)
  return () => {
    const counts = new Map()
    let frames = 0
    for (const { length, offsets, payload } of batches) {
      const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
      for (let row = 0; row < length; row++) {
        const { type } = JSON.parse(bytes.latin1Slice(offsets[row], offsets[row + 1]))
        counts.set(type, (counts.get(type) ?? 0) + 1)
      }
      frames += length
    }
    return { frames, check: () => typeCheck(counts) }
  }
}
