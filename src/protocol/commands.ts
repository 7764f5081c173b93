import { z } from 'zod'

/**
 * What a client sends (protocol reference, section 5), in the names of the wire. Unknown parameters are kept: a
 * recording may hold commands newer than this code.
 */

const ids = z.array(z.int())
const names = z.array(z.string())
const id = z.int().nonnegative().optional()

/** Which markets a command speaks of: one or many tickers, or, on `ticker` only, one or many ids. */
const markets = {
  market_ticker: z.string().optional(),
  market_tickers: names.optional(),
  market_id: z.string().optional(),
  market_ids: names.optional()
}

const subscribe = z.looseObject({
  id,
  cmd: z.literal('subscribe'),
  params: z.looseObject({
    channels: names,
    ...markets,
    send_initial_snapshot: z.boolean().optional(),
    skip_ticker_ack: z.boolean().optional(),
    /** NO levels are quoted as 1 − p. Frames carry no mark of it, so this is what tells (section 12). */
    use_yes_price: z.boolean().optional(),
    shard_factor: z.int().optional(),
    shard_key: z.int().optional(),
    user_filter: z.string().optional(),
    index_ids: names.optional(),
    underlying_tickers: names.optional()
  })
})

const unsubscribe = z.looseObject({
  id,
  cmd: z.literal('unsubscribe'),
  params: z.looseObject({ sids: ids })
})

const updateSubscription = z.looseObject({
  id,
  cmd: z.literal('update_subscription'),
  params: z.looseObject({
    action: z.string(),
    sid: z.int().optional(),
    sids: ids.optional(),
    ...markets,
    send_initial_snapshot: z.boolean().optional(),
    index_ids: names.optional(),
    underlying_tickers: names.optional()
  })
})

const listSubscriptions = z.looseObject({ id, cmd: z.literal('list_subscriptions') })

export const commandSchema = z.discriminatedUnion('cmd', [
  subscribe,
  unsubscribe,
  updateSubscription,
  listSubscriptions
])

export type SubscribeCommand = z.infer<typeof subscribe>
export type UnsubscribeCommand = z.infer<typeof unsubscribe>
export type UpdateSubscriptionCommand = z.infer<typeof updateSubscription>
export type Command = z.infer<typeof commandSchema>
