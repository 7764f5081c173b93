import type { Feed, FrameSink } from '../core/frame.ts'
import { run } from '../pipeline.ts'
import { onStrayFailure } from './stray-failure.ts'

/**
 * Drives a feed into its sinks. A stray failure in the meantime stops the feed and closes the sinks, so that a recording
 * ends well; then it is thrown.
 */
export async function runInOrder(feed: Feed, sinks: readonly FrameSink[], stop: () => void): Promise<void> {
  const strays: unknown[] = []
  const release = onStrayFailure(failure => {
    strays.push(failure)
    stop()
  })
  try {
    await run(feed, sinks)
  } catch (error) {
    // It may well be a consequence of the stray failure.
    if (strays.length === 0) throw error
  } finally {
    release()
  }
  if (strays.length > 0) throw strays[0]
}
