import { openRecording } from '../dist/recording/recording.js'

/** The batches of a recording, all in memory: for what is measured without reading. */
export async function heldBatches(path) {
  const batches = []
  for await (const batch of (await openRecording(path)).batches()) {
    batches.push({
      length: batch.length,
      receivedAt: batch.receivedAt.slice(),
      monotonic: batch.monotonic.slice(),
      connection: batch.connection.slice(),
      kind: batch.kind.slice(),
      direction: batch.direction.slice(),
      offsets: batch.offsets.slice(),
      payload: batch.payload.slice()
    })
  }
  return batches
}

/** How many messages there are of each type, so that two ways to read them can be compared. */
export function typeCheck(counts) {
  return [...counts]
    .toSorted()
    .map(([type, count]) => `${count} ${type}`)
    .join(', ')
}
