import type { Logger } from 'pino'
import type { Clock } from '../core/clock.ts'
import { formatTime } from '../core/time.ts'
import type { LiveEvent } from '../live/live-event.ts'

/** Logs what happens to a feed; with `json` also as objects on standard output, each with its time. */
export function liveLog(log: Logger, clock: Clock, json: boolean): (event: LiveEvent) => void {
  return event => {
    log[LEVELS[event.type]](describeEvent(event))
    if (!json) return
    const { type, ...fields } = event
    process.stdout.write(`${JSON.stringify({ type, time: formatTime(clock.wall()), ...fields })}\n`)
  }
}

const LEVELS: Readonly<Record<LiveEvent['type'], 'debug' | 'info' | 'warn' | 'error'>> = {
  connected: 'debug',
  disconnected: 'warn',
  connect_failed: 'warn',
  reconnect: 'warn',
  gap: 'warn',
  repaired: 'info',
  resubscribe: 'warn',
  refused: 'error',
  paused: 'warn',
  resumed: 'warn',
  universe: 'info'
}

function describeEvent(event: LiveEvent): string {
  switch (event.type) {
    case 'connected':
      return `connection ${event.connection} to ${event.url} is open`
    case 'disconnected':
      return `connection ${event.connection} is lost: ${event.reason}`
    case 'connect_failed':
      return `${event.reason}; attempt ${event.attempt + 1} in ${event.delay.toFixed(1)} s`
    case 'reconnect':
      return `connected again after ${event.down.toFixed(1)} s without frames, as connection ${event.connection}`
    case 'gap':
      return `${event.channel ?? 'unknown channel'}, sid ${event.sid}: ${event.lost} frames are missing, seq ${event.expected} to ${event.received - 1}`
    case 'repaired': {
      const missing = event.unanswered === 0 ? '' : `, ${event.unanswered} have given no snapshot`
      return `${event.markets} order books repaired in ${event.duration.toFixed(2)} s by ${event.by}${missing}`
    }
    case 'resubscribe':
      return `${event.channel ?? 'unknown channel'}, sid ${event.sid}: subscribing anew, ${event.reason}`
    case 'refused':
      return `the exchange refused ${event.channel}${ofMarkets(event.markets)} with error ${event.code}: ${event.reason}`
    case 'paused':
      return `${Math.round(event.bytes / 1e6)} MB wait to be worked on: reading is paused, the exchange may cut the connection`
    case 'resumed':
      return `reading goes on after ${event.duration.toFixed(1)} s`
    case 'universe':
      return `following ${event.added.length} more markets, ${event.removed.length} are settled`
  }
}

function ofMarkets(count: number): string {
  return count === 0 ? '' : ` for ${count} markets`
}
