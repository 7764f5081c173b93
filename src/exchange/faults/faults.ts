import type { Clock } from '../../core/clock.ts'
import { formatTime } from '../../core/time.ts'
import { SeededRandom } from '../seeded-random.ts'
import type { FaultEntry } from './fault-entry.ts'
import type { ConnectionFault, FaultSpec } from './fault-spec.ts'
import { FaultyLink } from './faulty-link.ts'
import type { FaultTarget, Link } from './link.ts'
import { Refusals } from './refusals.ts'

export interface FaultsOptions {
  readonly faults: readonly FaultSpec[]
  /** The same seed lets the same frames of a connection go wrong by chance. */
  readonly seed: number
  readonly clock: Clock
  /** Is told what was done, when it is done. */
  readonly log: (entry: FaultEntry) => void
}

/** From the seed of one connection to that of the next: room for the faults of one. */
const SEEDS_PER_CONNECTION = 1_000_003

/** What goes wrong on an exchange. */
export class Faults {
  readonly #seed: number
  readonly #clock: Clock
  readonly #log: (entry: FaultEntry) => void
  readonly #started: bigint
  readonly #refusals: Refusals
  readonly #links = new Set<FaultyLink>()
  /** What goes wrong on connections still to come. */
  readonly #standing: Standing[] = []
  #known = 0

  private constructor({ faults, seed, clock, log }: FaultsOptions) {
    this.#seed = seed
    this.#clock = clock
    this.#log = log
    this.#started = clock.monotonic()
    this.#refusals = new Refusals(new SeededRandom(seed), status => {
      log({ time: formatTime(clock.wall()), fault: 'refuse', status })
    })
    for (const spec of faults) this.#know(spec, true)
  }

  static create(options: FaultsOptions): Faults {
    return new Faults(options)
  }

  /** The HTTP status to refuse the upgrade at hand with; undefined lets it through. */
  refuseUpgrade(): number | undefined {
    return this.#refusals.next()
  }

  /** Stands in the way out of a session until `closed` resolves. */
  wrap(link: Link, connection: number, session: FaultTarget, closed: Promise<void>): Link {
    const faulty = new FaultyLink({
      link,
      connection,
      session,
      clock: this.#clock,
      log: this.#log,
      started: this.#started
    })
    this.#links.add(faulty)
    for (const spec of this.#standing) this.#add(faulty, spec)
    void this.#endWith(faulty, closed)
    return faulty
  }

  /** Lets something go wrong: at once on the connections that there are, or from now on, on those to come as well. */
  inject(spec: FaultSpec): void {
    const standing = this.#know(spec, spec.when.kind !== 'now')
    if (standing !== undefined) for (const link of this.#links) this.#add(link, standing)
  }

  /** Undefined for what is done to no connection. */
  #know({ fault, connection, when }: FaultSpec, isStanding: boolean): Standing | undefined {
    if (fault.name === 'refuse') {
      this.#refusals.add(fault, when)
      return undefined
    }
    const standing = { spec: { fault, connection, when }, number: this.#known++ }
    if (isStanding) this.#standing.push(standing)
    return standing
  }

  #add(link: FaultyLink, { spec, number }: Standing): void {
    if (spec.connection !== undefined && spec.connection !== link.connection) return
    const seed = this.#seed + (link.connection + 1) * SEEDS_PER_CONNECTION + number
    link.add(spec, new SeededRandom(seed))
  }

  async #endWith(link: FaultyLink, closed: Promise<void>): Promise<void> {
    await closed
    this.#links.delete(link)
    link.end()
  }
}

interface Standing {
  readonly spec: FaultSpec<ConnectionFault>
  /** Its place among all faults, which makes its randomness its own. */
  readonly number: number
}
