// What `kws replay` does where the recording's cache is there: its columns through tracker, books and scanners.
import { CachedRecording } from '../../dist/cache/cached-recording.js'
import { openRecording } from '../../dist/recording/recording.js'
import { replay } from './raw-replay.mjs'

export async function prepare({ recording: path, scanners = false }) {
  const recording = new CachedRecording(await openRecording(path))
  // The first pass makes it.
  for await (const batch of recording.batches()) void batch
  return () => replay(recording, scanners)
}
