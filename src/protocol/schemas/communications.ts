import { z } from 'zod'
import { nullIfZero, readCount, readMoney, readPrice, timeFromText } from '../eras.ts'
import { selectedMarketOf, selectedMarkets } from './lifecycle.ts'
import { reader } from './reader.ts'
import { decimal, frame, integer, optionalSide, text, ticker } from './wire.ts'

/** Channel `communications`: requests for quotes, and quotes (section 11.9). */

const rfq = {
  id: z.string(),
  creator_id: text,
  market_ticker: ticker,
  event_ticker: text,
  contracts: integer,
  contracts_fp: decimal,
  target_cost: integer,
  target_cost_dollars: decimal
}

export const readRfqCreated = reader(
  frame(['rfq_created'], {
    ...rfq,
    created_ts: text,
    mve_collection_ticker: text,
    mve_selected_legs: selectedMarkets.nullish()
  }),
  ({ msg }, envelope, markets) => ({
    type: 'rfq_created',
    market: markets.add(msg.market_ticker),
    marketTicker: msg.market_ticker,
    ...rfqOf(msg),
    mveCollectionTicker: msg.mve_collection_ticker ?? null,
    mveSelectedLegs: msg.mve_selected_legs?.map(selectedMarketOf) ?? null,
    createdTime: timeFromText('created_ts', msg.created_ts),
    ...envelope
  })
)

export const readRfqDeleted = reader(
  frame(['rfq_deleted'], { ...rfq, deleted_ts: text }),
  ({ msg }, envelope, markets) => ({
    type: 'rfq_deleted',
    market: markets.add(msg.market_ticker),
    marketTicker: msg.market_ticker,
    ...rfqOf(msg),
    deletedTime: timeFromText('deleted_ts', msg.deleted_ts),
    ...envelope
  })
)

const parties = {
  quote_id: z.string(),
  rfq_id: z.string(),
  quote_creator_id: text,
  rfq_creator_id: text,
  market_ticker: ticker,
  subaccount: integer
}

const terms = {
  ...parties,
  event_ticker: text,
  yes_bid: integer,
  yes_bid_dollars: decimal,
  no_bid: integer,
  no_bid_dollars: decimal,
  yes_contracts_offered: integer,
  yes_contracts_offered_fp: decimal,
  no_contracts_offered: integer,
  no_contracts_offered_fp: decimal,
  rfq_target_cost: integer,
  rfq_target_cost_dollars: decimal
}

export const readQuoteCreated = reader(
  frame(['quote_created'], { ...terms, created_ts: text }),
  ({ msg }, envelope, markets) => ({
    type: 'quote_created',
    market: markets.add(msg.market_ticker),
    marketTicker: msg.market_ticker,
    ...partiesOf(msg),
    ...termsOf(msg),
    createdTime: timeFromText('created_ts', msg.created_ts),
    ...envelope
  })
)

export const readQuoteAccepted = reader(
  frame(['quote_accepted'], {
    ...terms,
    accepted_side: optionalSide,
    contracts_accepted: integer,
    contracts_accepted_fp: decimal
  }),
  ({ msg }, envelope, markets) => ({
    type: 'quote_accepted',
    market: markets.add(msg.market_ticker),
    marketTicker: msg.market_ticker,
    ...partiesOf(msg),
    ...termsOf(msg),
    acceptedSide: msg.accepted_side ?? null,
    contractsAccepted: readCount('contracts_accepted', msg.contracts_accepted_fp, msg.contracts_accepted),
    ...envelope
  })
)

export const readQuoteExecuted = reader(
  frame(['quote_executed'], { ...parties, order_id: text, client_order_id: text, executed_ts: text }),
  ({ msg }, envelope, markets) => ({
    type: 'quote_executed',
    market: markets.add(msg.market_ticker),
    marketTicker: msg.market_ticker,
    ...partiesOf(msg),
    orderId: msg.order_id ?? null,
    clientOrderId: msg.client_order_id ?? null,
    executedTime: timeFromText('executed_ts', msg.executed_ts),
    subaccount: msg.subaccount ?? null,
    ...envelope
  })
)

type Fields<Shape extends z.core.$ZodShape> = z.infer<z.ZodObject<Shape>>

function rfqOf(msg: Fields<typeof rfq>) {
  return {
    rfqId: msg.id,
    creatorId: visibleId(msg.creator_id),
    eventTicker: msg.event_ticker ?? null,
    contracts: readCount('contracts', msg.contracts_fp, msg.contracts),
    targetCost: readMoney('target_cost', msg.target_cost_dollars, msg.target_cost)
  }
}

function partiesOf(msg: Fields<typeof parties>) {
  return {
    quoteId: msg.quote_id,
    rfqId: msg.rfq_id,
    quoteCreatorId: visibleId(msg.quote_creator_id),
    rfqCreatorId: visibleId(msg.rfq_creator_id)
  }
}

function termsOf(msg: Fields<typeof terms>) {
  return {
    eventTicker: msg.event_ticker ?? null,
    yesBid: nullIfZero(readPrice('yes_bid', msg.yes_bid_dollars, msg.yes_bid)),
    noBid: nullIfZero(readPrice('no_bid', msg.no_bid_dollars, msg.no_bid)),
    yesContractsOffered: readCount('yes_contracts_offered', msg.yes_contracts_offered_fp, msg.yes_contracts_offered),
    noContractsOffered: readCount('no_contracts_offered', msg.no_contracts_offered_fp, msg.no_contracts_offered),
    rfqTargetCost: readMoney('rfq_target_cost', msg.rfq_target_cost_dollars, msg.rfq_target_cost),
    subaccount: msg.subaccount ?? null
  }
}

/** A hidden creator was left out until July 2026, then `0`, then the SHA-256 of nothing. */
const HIDDEN = new Set(['', '0', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'])

function visibleId(id: string | null | undefined): string | null {
  return id === null || id === undefined || HIDDEN.has(id) ? null : id
}
