import type { Channel } from '../protocol/channels.ts'
import type { Change } from './change.ts'
import { channelOf } from './change.ts'
import { encodeChange } from './wire.ts'
import type { WireTime } from './wire-time.ts'

/** A change on its way to the sessions: its text is made once, when the first session wants it. */
export class Publication {
  readonly type: Change['type']
  readonly channel: Channel
  /** The market it speaks of; undefined where it speaks of an event. */
  readonly ticker: string | undefined
  readonly now: WireTime
  readonly #change: Change
  readonly #changesPerSecond: number
  #msg: string | undefined
  #msgOnYesLeg: string | undefined

  constructor(change: Change, now: WireTime, changesPerSecond: number) {
    this.type = change.type
    this.channel = channelOf(change)
    this.ticker = change.type === 'event_lifecycle' ? undefined : change.market.ticker
    this.now = now
    this.#change = change
    this.#changesPerSecond = changesPerSecond
  }

  msg(useYesPrice: boolean): string {
    if (useYesPrice) return (this.#msgOnYesLeg ??= this.#encode(true))
    return (this.#msg ??= this.#encode(false))
  }

  #encode(useYesPrice: boolean): string {
    return encodeChange(this.#change, { now: this.now, changesPerSecond: this.#changesPerSecond, useYesPrice })
  }
}
