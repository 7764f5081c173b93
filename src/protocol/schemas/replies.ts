import { z } from 'zod'
import { bareFrame, integer, text, texts } from './wire.ts'
import { type ReadMessage, reader } from './reader.ts'

/** Replies to commands (section 6) and errors (section 7). */

/** The earliest captures had no `msg`. */
export const readSubscribed = reader(
  bareFrame(['subscribed'], { msg: z.strictObject({ channel: text, sid: integer }).nullish() }),
  ({ msg }, envelope) => ({
    type: 'subscribed',
    channel: msg?.channel ?? null,
    ...envelope,
    sid: msg?.sid ?? envelope.sid
  })
)

const subscriptions = z.array(z.strictObject({ channel: z.string(), sid: z.int() }))

/** The list of subscriptions: in `msg` today, in `subscriptions` before February 2026. */
const readOkList = reader(
  bareFrame(['ok'], { msg: subscriptions.nullish(), subscriptions: subscriptions.nullish() }),
  ({ msg, subscriptions }, envelope) => ({
    type: 'ok',
    marketTickers: null,
    marketIds: null,
    indexIds: null,
    underlyingTickers: null,
    subscriptions: msg ?? subscriptions ?? null,
    ...envelope
  })
)

/** The lists after an update: in `msg` today, at the top level before February 2026. */
const readOkUpdate = reader(
  bareFrame(['ok'], {
    msg: z
      .strictObject({ market_tickers: texts, market_ids: texts, index_ids: texts, underlying_tickers: texts })
      .nullish(),
    market_tickers: texts,
    market_ids: texts
  }),
  ({ msg, market_tickers: marketTickers, market_ids: marketIds }, envelope) => ({
    type: 'ok',
    marketTickers: msg?.market_tickers ?? marketTickers ?? null,
    marketIds: msg?.market_ids ?? marketIds ?? null,
    indexIds: msg?.index_ids ?? null,
    underlyingTickers: msg?.underlying_tickers ?? null,
    subscriptions: null,
    ...envelope
  })
)

export const readOk: ReadMessage = (wire, markets) => {
  const isList = 'subscriptions' in wire || ('msg' in wire && Array.isArray(wire.msg))
  return isList ? readOkList(wire, markets) : readOkUpdate(wire, markets)
}

export const readUnsubscribed = reader(bareFrame(['unsubscribed'], { msg: z.unknown().optional() }), (_, envelope) => ({
  type: 'unsubscribed',
  ...envelope
}))

export const readError = reader(
  bareFrame(['error'], {
    msg: z.strictObject({
      code: z.int(),
      msg: text,
      market_id: text,
      market_ticker: text,
      market_tickers: texts
    })
  }),
  ({ msg }, envelope) => ({
    type: 'error',
    code: msg.code,
    reason: msg.msg ?? '',
    marketTickers: msg.market_tickers ?? (typeof msg.market_ticker === 'string' ? [msg.market_ticker] : []),
    ...envelope
  })
)
