import type { Microseconds } from '../../core/time.ts'
import type { Horizon } from './horizon.ts'
import type { OpenSignal } from './open-signal.ts'

/** A horizon that has been reached. */
export interface Reached {
  readonly open: OpenSignal
  readonly horizon: string
  readonly due: Microseconds
}

/**
 * The signals that wait for a horizon, one queue for each: frame time never runs backwards, so that whoever comes later
 * is due later, and a frame at which nothing is due costs one comparison.
 */
export class OpenSignals {
  readonly #queues: readonly Queue[]
  #nextDue = Infinity

  constructor(horizons: readonly Horizon[]) {
    this.#queues = horizons.flatMap(({ name, after }) =>
      after === null ? [] : [{ name, after, waiting: [], first: 0 }]
    )
  }

  /** Horizons that are still to come. */
  get size(): number {
    return this.#queues.reduce((sum, { waiting, first }) => sum + waiting.length - first, 0)
  }

  add(open: OpenSignal): void {
    for (const queue of this.#queues) {
      queue.waiting.push(open)
      this.#nextDue = Math.min(this.#nextDue, open.now + queue.after)
    }
  }

  isAnyDue(now: Microseconds): boolean {
    return now >= this.#nextDue
  }

  /** The earliest first; of equal ones the signal that came first. */
  *takeUntil(now: Microseconds): Generator<Reached> {
    for (;;) {
      const next = this.#earliest()
      this.#nextDue = next?.due ?? Infinity
      if (next === undefined || next.due > now) return
      drop(next.queue)
      yield { open: next.open, horizon: next.queue.name, due: next.due }
    }
  }

  #earliest(): Next | undefined {
    let earliest: Next | undefined
    for (const queue of this.#queues) {
      const open = queue.waiting[queue.first]
      if (open === undefined) continue
      const due = (open.now + queue.after) as Microseconds
      if (
        earliest !== undefined &&
        (due > earliest.due || (due === earliest.due && open.number > earliest.open.number))
      ) {
        continue
      }
      earliest = { queue, open, due }
    }
    return earliest
  }
}

interface Queue {
  readonly name: string
  readonly after: Microseconds
  waiting: OpenSignal[]
  /** What lies before it has been taken out. */
  first: number
}

interface Next {
  readonly queue: Queue
  readonly open: OpenSignal
  readonly due: Microseconds
}

/** Gives the memory back when half of it is of no use, so that a signal is moved once at most on the average. */
function drop(queue: Queue): void {
  queue.first++
  if (2 * queue.first < queue.waiting.length) return
  queue.waiting = queue.waiting.slice(queue.first)
  queue.first = 0
}
