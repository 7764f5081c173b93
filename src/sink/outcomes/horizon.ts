import type { Microseconds } from '../../core/time.ts'

/** How long after a signal its market is looked at again: so long, or until it is settled. */
export interface Horizon {
  /** As it was written: `10s`, `5m`, `settle`. */
  readonly name: string
  /** Null for the settlement. */
  readonly after: Microseconds | null
}
