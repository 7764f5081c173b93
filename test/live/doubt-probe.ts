import type { Irregularity } from '../../src/market/irregularity.ts'
import { isTerminal } from '../../src/protocol/error-codes.ts'
import type { Message } from '../../src/protocol/messages.ts'
import type { ScanContext, Scanner } from '../../src/scan/scanner.ts'

/**
 * A scanner that knows by itself which books cannot be relied on: those of a `sid` from a gap, an end or an error of it
 * to the next snapshot of each. It notes whenever the tracker calls one of them fresh. For one connection at a time.
 */
export class DoubtProbe implements Scanner {
  readonly name = 'doubt probe'
  readonly channels = []
  readonly violations: string[] = []
  /** How often a book was looked at while it was doubtful. */
  looks = 0
  readonly #doubtful = new Set<string>()
  readonly #sids = new Map<string, number | null>()

  irregular({ type, sid }: Irregularity): void {
    if (type === 'gap') this.#doubt(sid)
  }

  onMessage(message: Message, context: ScanContext): void {
    const { type, sid } = message
    if (type === 'orderbook_snapshot') {
      this.#sids.set(message.marketTicker, sid)
      this.#doubtful.delete(message.marketTicker)
    } else if (type === 'connection_closed' || type === 'connection_failed') {
      for (const ticker of this.#sids.keys()) this.#doubtful.add(ticker)
    } else if (type === 'unsubscribed' || (type === 'error' && isTerminal(message.code))) this.#doubt(sid)
    this.#look(type, context)
  }

  #doubt(sid: number | null): void {
    if (sid === null) return
    for (const [ticker, of] of this.#sids) if (of === sid) this.#doubtful.add(ticker)
  }

  #look(type: Message['type'], { tracker }: ScanContext): void {
    for (const ticker of this.#doubtful) {
      this.looks++
      if (tracker.byTicker(ticker)?.bookState === 'fresh') this.violations.push(`${ticker} is fresh at ${type}`)
    }
  }
}
