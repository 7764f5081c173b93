import type { Command } from '../commands.ts'
import type { Envelope } from './envelope.ts'
import type { ListedSeries, MarketsPage } from './rest.ts'

/** A subscription began (section 6). The earliest captures had no `msg`. */
export interface Subscribed extends Envelope {
  readonly type: 'subscribed'
  readonly channel: string | null
}

/** A subscription was changed, or the list of them. Only the lists that the reply held are not null. */
export interface Ok extends Envelope {
  readonly type: 'ok'
  /** All markets after the update; null or empty with `skip_ticker_ack`. */
  readonly marketTickers: readonly string[] | null
  readonly marketIds: readonly string[] | null
  readonly indexIds: readonly string[] | null
  readonly underlyingTickers: readonly string[] | null
  readonly subscriptions: readonly { readonly channel: string; readonly sid: number }[] | null
}

export interface Unsubscribed extends Envelope {
  readonly type: 'unsubscribed'
}

/** Section 7. With a `sid` and `seq` it is scoped to a subscription and uses up one `seq`. */
export interface ServerError extends Envelope {
  readonly type: 'error'
  readonly code: number
  readonly reason: string
  readonly marketTickers: readonly string[]
}

/** A command that the client sent. */
export interface CommandSent extends Envelope {
  readonly type: 'command'
  readonly command: Command
}

export interface ConnectionOpened extends Envelope {
  readonly type: 'connection_opened'
  readonly url: string | null
}

export interface ConnectionClosed extends Envelope {
  readonly type: 'connection_closed'
  readonly code: number | null
  readonly reason: string
}

export interface ConnectionFailed extends Envelope {
  readonly type: 'connection_failed'
  readonly reason: string
}

/** A WebSocket ping or pong, either way. The exchange pings every 10 s, so that time goes on in silence. */
export interface Heartbeat extends Envelope {
  readonly type: 'heartbeat'
  readonly kind: 'ping' | 'pong'
}

/** A frame of kind `rest`: a request, such as `GET /trade-api/v2/markets?limit=1000`, or the body of its response. */
export interface Rest extends Envelope {
  readonly type: 'rest'
  readonly body: string
  /** Where the body is a page of markets. */
  readonly page: MarketsPage | null
  /** Where the body is a series, or a list of them. */
  readonly series: readonly ListedSeries[] | null
}

/** A well-formed frame of a type that this code does not know. */
export interface Unknown extends Envelope {
  readonly type: 'unknown'
  readonly wireType: string
  readonly reason: string
  readonly marketTicker: string | null
}

/** A frame that could not be decoded: not JSON, no type, or a field that is not what the reference says. */
export interface Malformed extends Envelope {
  readonly type: 'malformed'
  readonly wireType: string | null
  readonly reason: string
  /** Whose book may have missed a change, where the frame still tells. */
  readonly marketTicker: string | null
}
