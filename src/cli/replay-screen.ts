import type { Clock } from '../core/clock.ts'
import { formatTime } from '../core/time.ts'
import type { ReplayFeed } from '../replay/replay-feed.ts'
import type { CommonFlags } from './common.ts'
import { KEY, onKeys } from './keys.ts'
import type { ScanFlags } from './scan-options.ts'
import type { ScanPipeline } from './scan-pipeline.ts'
import { tablesOf } from './scan-pipeline.ts'
import { Screen } from './screen.ts'

const REFRESH_MILLISECONDS = 250
const HELP = 'space pauses  → steps  + − speed  q quits'

/**
 * On a terminal and at a finite speed: the tables, redrawn as the replay goes on, and keys to control it. Returns what
 * gives the terminal back.
 */
export function showReplay(
  feed: ReplayFeed,
  scan: ScanPipeline,
  flags: CommonFlags & ScanFlags,
  clock: Clock,
  quit: () => void
): () => void {
  if (!process.stdout.isTTY || flags.json === true || feed.speed === 'max') return () => {}
  const over = new AbortController()
  const screen = new Screen()
  const actions: Readonly<Record<string, () => void>> = {
    [KEY.space]: () => (feed.isPaused ? feed.resume() : feed.pause()),
    [KEY.right]: () => feed.step(),
    '+': () => changeSpeed(feed, 2),
    '-': () => changeSpeed(feed, 0.5),
    q: quit,
    [KEY.ctrlC]: quit
  }
  const releaseKeys = onKeys(key => actions[key]?.())
  const draw = async () => {
    while (!over.signal.aborted) {
      screen.draw([...tablesOf(scan, flags), statusOf(feed, scan), HELP])
      await clock.sleep(REFRESH_MILLISECONDS, over.signal)
    }
  }
  void draw()
  return () => {
    over.abort()
    releaseKeys()
    screen.clear()
  }
}

function changeSpeed(feed: ReplayFeed, factor: number): void {
  if (feed.speed !== 'max') feed.setSpeed(feed.speed * factor)
}

function statusOf(feed: ReplayFeed, { pipeline, signals }: ScanPipeline): string {
  const time = feed.position === undefined ? '-' : formatTime(feed.position)
  const pace = `${feed.speed}x${feed.isPaused ? ' paused' : ''}`
  return `${time}  ${pace}  ${pipeline.frames} frames  ${signals.count} signals  gaps ${pipeline.tracker.counts.gap}`
}
