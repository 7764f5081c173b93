import type { Microseconds } from '../../core/time.ts'

/**
 * What every message has, from the frame's top level (protocol reference, section 4). A field that the frame lacks is
 * null, so that all messages of a type have one shape.
 */
export interface Envelope {
  /** The server's subscription id, meaningful only within one connection. */
  readonly sid: number | null
  /** Counter per `sid`, shared by its markets and consumed by replies too. */
  readonly seq: number | null
  /** Echo of the command's id. */
  readonly id: number | null
  /** When the exchange queued the frame (`sending_ts_ms`, since October 2026). */
  readonly sentAt: Microseconds | null
  /** Paths of fields the protocol reference does not know, such as `msg.flavour`; the message is good all the same. */
  readonly unknownFields: readonly string[]
}

/** The market a message speaks of. */
export interface OfMarket {
  /** The market's number in the `MarketTable`. */
  readonly market: number
  readonly marketTicker: string
}

/** The two outcomes of a market, and so the two sides of its order book. */
export type Side = 'yes' | 'no'
