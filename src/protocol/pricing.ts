import type { Price } from '../core/units.ts'
import { complement } from '../core/units.ts'
import type { Command } from './commands.ts'
import { isTerminal } from './error-codes.ts'
import type { Message } from './messages.ts'
import type { Level, OrderbookDelta, OrderbookSnapshot } from './messages/market-data.ts'

/** A subscribe command for order books. The oldest that is not refused decides: later ones join its subscription. */
interface Subscribe {
  readonly id: number | null
  readonly useYesPrice: boolean
  state: 'sent' | 'refused' | 'live'
}

/** A connection has one subscription of order books at most. */
interface BookSubscription {
  subscribes: Subscribe[]
  /** Known from its reply or its data, whichever comes first. */
  sid: number | null
}

/**
 * Remembers which connections subscribed with `use_yes_price`, for the frames carry no mark of it (protocol reference,
 * section 12), and puts NO prices quoted on the YES leg back on their own. Kept by connection and not by `sid`, since
 * until September 2026 data could come before the reply that tells the `sid`.
 */
export class BookPricing {
  readonly #books = new Map<number, BookSubscription>()
  #concernsMarketData = false

  /** False as long as every book's `sid` is known and all prices are on the side's own leg: then market data need no look. */
  get concernsMarketData(): boolean {
    return this.#concernsMarketData
  }

  /** Takes note of a message, and returns it with its prices on the side's own leg. */
  settle(connection: number, message: Message): Message {
    const { type } = message
    if (type === 'orderbook_delta' || type === 'orderbook_snapshot') return this.#settleBook(connection, message)
    if (type === 'ticker' || type === 'trade') return message
    if (type === 'command') this.#subscribe(connection, message.command)
    else if (type === 'connection_opened' || type === 'connection_closed') this.#books.delete(connection)
    else this.#answer(connection, message)
    this.#look()
    return message
  }

  /** Whether NO prices come on the YES leg. */
  usesYesPrice(connection: number): boolean {
    const book = this.#books.get(connection)
    return book !== undefined && usesYesPrice(book)
  }

  #settleBook(connection: number, message: OrderbookDelta | OrderbookSnapshot): Message {
    const book = this.#books.get(connection)
    if (book === undefined) return message
    if (book.sid === null) {
      book.sid = message.sid
      this.#look()
    }
    return usesYesPrice(book) ? onOwnLeg(message) : message
  }

  #look(): void {
    this.#concernsMarketData = [...this.#books.values()].some(book => book.sid === null || usesYesPrice(book))
  }

  #subscribe(connection: number, command: Command): void {
    if (command.cmd !== 'subscribe' || !command.params.channels.includes('orderbook_delta')) return
    const book = this.#books.get(connection) ?? { subscribes: [], sid: null }
    this.#books.set(connection, book)
    book.subscribes.push({
      id: command.id ?? null,
      useYesPrice: command.params.use_yes_price === true,
      state: 'sent'
    })
  }

  #answer(connection: number, message: Message): void {
    const book = this.#books.get(connection)
    if (book === undefined) return
    const isItsOwn = message.sid !== null && message.sid === book.sid
    if (message.type === 'subscribed') {
      if (message.channel !== null && message.channel !== 'orderbook_delta') return
      mark(book, message.id, 'live')
      book.sid = message.sid ?? book.sid
    } else if (message.type === 'ok') {
      mark(book, message.id, 'live')
    } else if (message.type === 'unsubscribed') {
      if (isItsOwn) end(book)
    } else if (message.type === 'error') {
      if (isItsOwn && isTerminal(message.code)) end(book)
      else if (message.id !== null) mark(book, message.id, 'refused')
    }
  }
}

function usesYesPrice(book: BookSubscription): boolean {
  for (const subscribe of book.subscribes) if (subscribe.state !== 'refused') return subscribe.useYesPrice
  return false
}

function mark(book: BookSubscription, id: number | null, state: 'refused' | 'live'): void {
  const subscribe = book.subscribes.find(subscribe => subscribe.id === id)
  if (subscribe !== undefined && subscribe.state !== 'live') subscribe.state = state
}

/** A command still without an answer begins the next subscription: it was sent before this end was known. */
function end(book: BookSubscription): void {
  book.subscribes = book.subscribes.filter(subscribe => subscribe.state === 'sent')
  book.sid = null
}

function onOwnLeg(message: OrderbookDelta | OrderbookSnapshot): Message {
  if (message.type === 'orderbook_snapshot') return { ...message, no: message.no.map(onOtherLeg) }
  return message.side === 'no' ? atPrice(message, complement(message.price)) : message
}

/** Field by field: an object literal that begins with a spread costs Node 20 fifty times as much. */
function atPrice(message: OrderbookDelta, price: Price): OrderbookDelta {
  const { type, market, marketTicker, side, delta, exchangeTime, clientOrderId, subaccount } = message
  const { sid, seq, id, sentAt, unknownFields } = message
  const envelope = { sid, seq, id, sentAt, unknownFields }
  return { type, market, marketTicker, side, price, delta, exchangeTime, clientOrderId, subaccount, ...envelope }
}

function onOtherLeg(level: Level): Level {
  return { price: complement(level.price), count: level.count }
}
