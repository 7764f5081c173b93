import type { Microseconds } from '../../core/time.ts'
import type { Count, Money, Price } from '../../core/units.ts'
import type { Envelope, OfMarket, Side } from './envelope.ts'
import type { SelectedMarket } from './lifecycle.ts'

/** What the messages of the `communications` channel about a request for quotes share (section 11.9). */
interface Rfq extends Envelope, OfMarket {
  readonly rfqId: string
  /** Null where the exchange hides who it is. */
  readonly creatorId: string | null
  readonly eventTicker: string | null
  /** The size asked for: contracts, or what they may cost. */
  readonly contracts: Count | null
  readonly targetCost: Money | null
}

/** Somebody asks for quotes; broadcast to all. */
export interface RfqCreated extends Rfq {
  readonly type: 'rfq_created'
  readonly mveCollectionTicker: string | null
  /** The legs of a combination. */
  readonly mveSelectedLegs: readonly SelectedMarket[] | null
  readonly createdTime: Microseconds | null
}

export interface RfqDeleted extends Rfq {
  readonly type: 'rfq_deleted'
  readonly deletedTime: Microseconds | null
}

/** What the messages about a quote share. They go to its two parties only. */
interface Quote extends Envelope, OfMarket {
  readonly quoteId: string
  readonly rfqId: string
  /** Null where the exchange hides who it is. */
  readonly quoteCreatorId: string | null
  /** Null where the exchange hides who it is. */
  readonly rfqCreatorId: string | null
}

interface QuoteTerms extends Quote {
  readonly eventTicker: string | null
  /** Null where the quote does not bid for the side. */
  readonly yesBid: Price | null
  readonly noBid: Price | null
  readonly yesContractsOffered: Count | null
  readonly noContractsOffered: Count | null
  readonly rfqTargetCost: Money | null
  readonly subaccount: number | null
}

export interface QuoteCreated extends QuoteTerms {
  readonly type: 'quote_created'
  readonly createdTime: Microseconds | null
}

export interface QuoteAccepted extends QuoteTerms {
  readonly type: 'quote_accepted'
  readonly acceptedSide: Side | null
  readonly contractsAccepted: Count | null
}

export interface QuoteExecuted extends Quote {
  readonly type: 'quote_executed'
  readonly orderId: string | null
  readonly clientOrderId: string | null
  readonly executedTime: Microseconds | null
  readonly subaccount: number | null
}
