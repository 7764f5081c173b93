import { systemClock } from '../../dist/core/clock.js'
import { formatCount, formatPrice } from '../../dist/core/units.js'
import { Pipeline, run } from '../../dist/pipeline.js'
import { openRecording } from '../../dist/recording/recording.js'
import { ReplayFeed } from '../../dist/replay/replay-feed.js'

/** The tracker after a replay of a recording up to a time. */
export async function replayedTo(directory, to) {
  const pipeline = new Pipeline({ scanners: [], sinks: [] })
  await run(new ReplayFeed([await openRecording(directory)], { clock: systemClock(), to }), [pipeline])
  return pipeline.tracker
}

/** As the control endpoint tells it; undefined where it cannot be relied on. */
export function wireBook(tracker, ticker) {
  const market = tracker.byTicker(ticker)
  if (market?.bookState !== 'fresh') return undefined
  const side = name => {
    const levels = market.book.levels(name).toReversed()
    return levels.map(({ price, count }) => [formatPrice(price), formatCount(count)])
  }
  return { yes: side('yes'), no: side('no') }
}
