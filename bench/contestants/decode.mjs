// Frames to messages, and nothing else: exact integers for prices, counts and times, the market by its number.
import { Decoder } from '../../dist/protocol/decoder.js'
import { MarketTable } from '../../dist/protocol/market-table.js'
import { heldBatches, typeCheck } from '../held-frames.mjs'

export async function prepare({ recording }) {
  const batches = await heldBatches(recording)
  return () => {
    const decoder = new Decoder(new MarketTable())
    const counts = new Map()
    let frames = 0
    for (const batch of batches) {
      for (let row = 0; row < batch.length; row++) {
        const { type } = decoder.decode(batch, row)
        counts.set(type, (counts.get(type) ?? 0) + 1)
      }
      frames += batch.length
    }
    return { frames, check: () => typeCheck(counts) }
  }
}
