import type { Clock } from '../core/clock.ts'
import { Audience } from './audience.ts'
import type { Playback } from './playback.ts'
import { RestHandler } from './rest/rest-handler.ts'

export interface StageOptions {
  readonly clock: Clock
  /** The markets begin to move when so many clients have subscribed to something; 0 for at once. */
  readonly waitForClients: number
  readonly restRequestsPerSecond: number | undefined
}

/** Between the last subscription that was waited for and the start: many clients subscribe channel by channel. */
const START_GRACE_MS = 50

/** A playback and those who follow it. */
export class Stage {
  readonly playback: Playback
  readonly audience = new Audience()
  readonly rest: RestHandler
  readonly #clock: Clock
  readonly #waitForClients: number
  readonly #stopping = new AbortController()
  #run: Promise<void> = Promise.resolve()

  constructor(playback: Playback, { clock, waitForClients, restRequestsPerSecond }: StageOptions) {
    this.playback = playback
    this.rest = new RestHandler(playback.directory, {
      clock,
      ...(restRequestsPerSecond === undefined ? {} : { requestsPerSecond: restRequestsPerSecond })
    })
    this.#clock = clock
    this.#waitForClients = waitForClients
  }

  start(): void {
    this.#run = this.#play()
  }

  /** Resolves when nothing moves any more. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#run
    await this.playback.close()
  }

  async #play(): Promise<void> {
    const { signal } = this.#stopping
    await this.audience.subscribed(this.#waitForClients, signal)
    if (this.#waitForClients > 0) await this.#clock.sleep(START_GRACE_MS, signal)
    if (!signal.aborted) await this.playback.run(this.audience, signal)
  }
}
