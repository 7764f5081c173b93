/** The library: what a scanner of your own, or a program around a recording, is written with. */

export { KwsError } from './core/errors.ts'
export type { KwsErrorCode } from './core/errors.ts'
export { systemClock } from './core/clock.ts'
export type { Clock } from './core/clock.ts'
export type { Feed, Frame, FrameBatch, FrameSink } from './core/frame.ts'
export { frameAt, framesOf } from './core/frame.ts'
export type { Microseconds, Nanoseconds } from './core/time.ts'
export { formatTime, microseconds, parseTime, SECOND, toMicroseconds } from './core/time.ts'
export type { Count, Money, Price, Ratio, TwiceMid } from './core/units.ts'
export {
  complement,
  countFromContracts,
  formatCount,
  formatMid,
  formatMoney,
  formatPrice,
  moneyOf,
  ONE_DOLLAR,
  priceFromCents,
  priceFromDollars,
  ratioFromText
} from './core/units.ts'

export type { ChannelMessage, ChannelMessages } from './protocol/channel-messages.ts'
export type { Channel } from './protocol/channels.ts'
export type { Message } from './protocol/messages.ts'
export { Decoder } from './protocol/decoder.ts'
export { MarketTable } from './protocol/market-table.ts'

export type { FeeSchedule, FillFees, Role, SeriesFees } from './market/fees.ts'
export { CENT, CENTI_CENT, feesOf, OrderFees, roundingFee, tradeFee, USUAL_FEES } from './market/fees.ts'
export type { MarketEvent } from './market/market-event.ts'
export type { Market, Quote } from './market/market.ts'
export type { Irregularity } from './market/irregularity.ts'
export { MarketTracker } from './market/market-tracker.ts'

export type { Recording } from './recording/recording.ts'
export { openRecording } from './recording/recording.ts'
export { RecordingWriter } from './recording/recording-writer.ts'

export type { CacheOptions } from './cache/cached-recording.ts'
export { CachedRecording } from './cache/cached-recording.ts'

export type { CallbackFailure } from './live/callbacks.ts'
export type { LiveEvent } from './live/live-event.ts'
export { LiveFeed } from './live/live-feed.ts'
export { parseCredentials, signedHeaders } from './live/signing.ts'
export { ReplayFeed } from './replay/replay-feed.ts'

export { arbitrage } from './scan/arbitrage.ts'
export { momentum } from './scan/momentum.ts'
export { movers } from './scan/movers.ts'
export { newMarkets } from './scan/new-markets.ts'
export { opportunities } from './scan/opportunities.ts'
export type { Finding, RankTable, ScanContext, Scanner } from './scan/scanner.ts'
export type { Signal, SignalValue } from './scan/signal.ts'
export { signalToJson } from './scan/signal.ts'
export type { SignalSink } from './scan/signal-sink.ts'

export { KalshiWebSocket } from './kalshi-web-socket.ts'
export type { KalshiWebSocketOptions, Subscription, SubscriptionOptions } from './kalshi-web-socket.ts'
export { Pipeline, run } from './pipeline.ts'
export type { PipelineOptions } from './pipeline.ts'
