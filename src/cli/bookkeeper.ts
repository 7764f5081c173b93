import type { FrameSink } from '../core/frame.ts'
import type { LiveFeed } from '../live/live-feed.ts'
import type { Pipeline } from '../pipeline.ts'
import type { RecordingWriter } from '../recording/recording-writer.ts'

/** Comes before the writer, so that what has been counted is in `session.json` whenever that is written. */
export function bookkeeper(
  feed: LiveFeed,
  pipeline: Pipeline,
  writer: RecordingWriter,
  bytesMax = Infinity
): FrameSink {
  const keep = () => writer.amend({ counters: { ...feed.counters, ...pipeline.tracker.counts } })
  return {
    accept() {
      keep()
      if (writer.storedBytes >= bytesMax) feed.stop()
    },
    async close() {
      keep()
    }
  }
}
