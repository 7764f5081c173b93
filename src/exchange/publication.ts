import type { Channel } from '../protocol/channels.ts'
import type { Change } from './change.ts'
import { channelOf } from './change.ts'
import type { Era } from './era.ts'
import type { FrameLink } from './frame-link.ts'
import type { EnvelopeFields } from './wire.ts'
import { encodeChange, encodeFrame } from './wire.ts'
import type { WireTime } from './wire-time.ts'

/** One thing that is told to all sessions that want it, each under its own numbers. */
export interface Publication {
  readonly type: string
  readonly channel: Channel
  /** The market, index or underlying it speaks of; undefined where it speaks of an event. */
  readonly subject: string | undefined
  /** Whether it uses up a `seq`; undefined where that is up to the channel. */
  readonly isSequenced: boolean | undefined
  send(link: FrameLink, envelope: DataEnvelope, useYesPrice: boolean): void
}

/** The numbers of a frame of a subscription. */
export interface DataEnvelope extends EnvelopeFields {
  readonly sid: number
}

/** How changes are put into words. */
export interface Wording {
  /** How fast the exchange goes, from which closing times are foretold. */
  readonly changesPerSecond: number
  readonly era: Era
}

/** A change on its way to the sessions: its text is made once, when the first session wants it. */
export class ChangePublication implements Publication {
  readonly type: Change['type']
  readonly channel: Channel
  readonly subject: string | undefined
  readonly isSequenced = undefined
  readonly #change: Change
  readonly #now: WireTime
  readonly #wording: Wording
  #msg: string | undefined
  #msgOnYesLeg: string | undefined

  constructor(change: Change, now: WireTime, wording: Wording) {
    this.type = change.type
    this.channel = channelOf(change)
    this.subject = 'market' in change ? change.market.ticker : undefined
    this.#change = change
    this.#now = now
    this.#wording = wording
  }

  send(link: FrameLink, envelope: DataEnvelope, useYesPrice: boolean): void {
    link.send(encodeFrame(this.type, this.#now, envelope, this.#msgOn(useYesPrice), this.#wording.era))
  }

  #msgOn(useYesPrice: boolean): string {
    if (useYesPrice) return (this.#msgOnYesLeg ??= this.#encode(true))
    return (this.#msg ??= this.#encode(false))
  }

  #encode(useYesPrice: boolean): string {
    return encodeChange(this.#change, { now: this.#now, useYesPrice, ...this.#wording })
  }
}
