import type { Channel } from '../protocol/channels.ts'

/** What happens to a live feed beside its frames: for logs, `--json` and counters. Durations are in seconds. */
export type LiveEvent =
  | { readonly type: 'connected'; readonly connection: number; readonly url: string }
  | { readonly type: 'disconnected'; readonly connection: number; readonly reason: string }
  /** An attempt to connect came to nothing; the next comes after `delay`. */
  | {
      readonly type: 'connect_failed'
      readonly connection: number
      readonly reason: string
      readonly attempt: number
      readonly delay: number
    }
  /** Open again. Whatever the exchange sent for `down` seconds is lost. */
  | {
      readonly type: 'reconnect'
      readonly connection: number
      readonly down: number
      readonly attempts: number
      readonly reason: string
    }
  /** Frames of a subscription are missing: those with `seq` from `expected` up to, not including, `received`. */
  | ({
      readonly type: 'gap'
      readonly expected: number
      readonly received: number
      readonly lost: number
    } & OfSubscription)
  /** Books that were stale have their snapshots. `unanswered` markets gave none: most likely they are settled. */
  | ({
      readonly type: 'repaired'
      readonly by: 'get_snapshot' | 'resubscribe'
      readonly markets: number
      readonly unanswered: number
      readonly duration: number
    } & OfSubscription)
  /** A subscription ended or did not answer and was asked for anew. */
  | ({ readonly type: 'resubscribe'; readonly reason: string } & OfSubscription)
  /** A command that will not be tried again. */
  | {
      readonly type: 'refused'
      readonly connection: number
      readonly channel: string
      readonly code: number
      readonly reason: string
      readonly markets: number
    }
  /** So much waits to be taken that nothing more is read. */
  | { readonly type: 'paused'; readonly bytes: number }
  | { readonly type: 'resumed'; readonly duration: number }
  /** Markets that came into the universe and went out of it. */
  | { readonly type: 'universe'; readonly added: readonly string[]; readonly removed: readonly string[] }

interface OfSubscription {
  readonly connection: number
  readonly sid: number | null
  readonly channel: Channel | null
}

/** How often each thing happened, in the names of `session.json`. */
export type LiveCounters = Readonly<
  Record<
    | 'reconnects'
    | 'failedConnects'
    | 'gaps'
    | 'framesLost'
    | 'repairs'
    | 'snapshotsUnanswered'
    | 'resubscribes'
    | 'refusedCommands'
    | 'pauses',
    number
  >
>

export class LiveEventCounts {
  #counters: LiveCounters = {
    reconnects: 0,
    failedConnects: 0,
    gaps: 0,
    framesLost: 0,
    repairs: 0,
    snapshotsUnanswered: 0,
    resubscribes: 0,
    refusedCommands: 0,
    pauses: 0
  }

  get counters(): LiveCounters {
    return this.#counters
  }

  note(event: LiveEvent): void {
    switch (event.type) {
      case 'connect_failed':
        return this.#add({ failedConnects: 1 })
      case 'reconnect':
        return this.#add({ reconnects: 1 })
      case 'gap':
        return this.#add({ gaps: 1, framesLost: event.lost })
      case 'repaired':
        return this.#add({ repairs: 1, snapshotsUnanswered: event.unanswered })
      case 'resubscribe':
        return this.#add({ resubscribes: 1 })
      case 'refused':
        return this.#add({ refusedCommands: 1 })
      case 'paused':
        return this.#add({ pauses: 1 })
      case 'connected':
      case 'disconnected':
      case 'resumed':
      case 'universe':
        break
    }
  }

  #add(more: Partial<LiveCounters>): void {
    const counters: Record<keyof LiveCounters, number> = { ...this.#counters }
    for (const name of Object.keys(more) as (keyof LiveCounters)[]) counters[name] += more[name] ?? 0
    this.#counters = counters
  }
}
