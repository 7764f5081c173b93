import type { Clock } from '../core/clock.ts'
import { onInterrupt } from './interrupt.ts'

/** Calls `stop` on Ctrl-C or when the time is up. Returns what forgets both. */
export function stopWhenAsked(stop: () => void, clock: Clock, seconds?: number): () => void {
  const removeHandlers = onInterrupt(stop)
  const over = new AbortController()
  if (seconds !== undefined) void stopAfter(seconds, stop, clock, over.signal)
  return () => {
    removeHandlers()
    over.abort()
  }
}

async function stopAfter(seconds: number, stop: () => void, clock: Clock, over: AbortSignal): Promise<void> {
  await clock.sleep(seconds * 1000, over)
  if (!over.aborted) stop()
}
