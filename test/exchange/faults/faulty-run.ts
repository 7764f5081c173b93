import { onTestFinished } from 'vitest'
import type { FaultEntry } from '../../../src/exchange/faults/fault-entry.ts'
import { parseFault } from '../../../src/exchange/faults/fault-language.ts'
import { Faults } from '../../../src/exchange/faults/faults.ts'
import type { Link } from '../../../src/exchange/faults/link.ts'
import { ManualClock } from './manual-clock.ts'

/** A link that keeps what it is given: frames as they are, all else as a word. */
class RecordingLink implements Link {
  readonly sent: string[] = []

  send(frame: string): void {
    this.sent.push(frame)
  }

  ping(body: string): void {
    this.sent.push(`ping ${body}`)
  }

  pong(body: Buffer): void {
    this.sent.push(`pong ${body.toString()}`)
  }

  close(code: number): void {
    this.sent.push(`close ${code}`)
  }

  terminate(): void {
    this.sent.push('terminate')
  }
}

export interface FaultyConnection {
  /** What the session sends through. */
  readonly link: Link
  /** What came out. */
  readonly sent: readonly string[]
  /** The codes with which the session was told to fail. */
  readonly failed: readonly number[]
  /** The client is gone. */
  readonly disconnect: () => void
}

/** Faults on a clock that stands still, with all that they log. */
export class FaultyRun {
  readonly clock = new ManualClock()
  readonly log: FaultEntry[] = []
  readonly faults: Faults
  #connections = 0

  constructor(faults: readonly string[], seed = 1) {
    this.faults = Faults.create({
      faults: faults.map(parseFault),
      seed,
      clock: this.clock,
      log: entry => this.log.push(entry)
    })
  }

  connect(): FaultyConnection {
    const recording = new RecordingLink()
    const failed: number[] = []
    const closing = new AbortController()
    const disconnect = (): void => closing.abort()
    const closed = new Promise<void>(resolve => closing.signal.addEventListener('abort', () => resolve()))
    const session = { fail: (code: number) => failed.push(code) }
    const link = this.faults.wrap(recording, this.#connections++, session, closed)
    onTestFinished(disconnect)
    return { link, sent: recording.sent, failed, disconnect }
  }

  inject(fault: string): void {
    this.faults.inject(parseFault(fault))
  }
}

export function delta(sid: number, seq: number): string {
  const time = 1_795_532_400_000 + seq
  return (
    `{"type":"orderbook_delta","sending_ts_ms":${time},"sid":${sid},"seq":${seq},"msg":{"market_ticker":"KX-${seq % 3}",` +
    `"price_dollars":"0.4500","delta_fp":"-1.00","side":"yes","ts":"2026-11-24T15:00:00Z","ts_ms":${time}}}\n`
  )
}

/** A ticker has no seq. */
export function ticker(sid: number): string {
  return `{"type":"ticker","sid":${sid},"msg":{"market_ticker":"KX-1","ts":1795532400}}\n`
}

export function subscribed(id: number, sid: number): string {
  return `{"id":${id},"type":"subscribed","msg":{"channel":"orderbook_delta","sid":${sid}}}\n`
}

export function ok(id: number, sid: number, seq: number): string {
  return `{"id":${id},"type":"ok","sid":${sid},"seq":${seq},"msg":{"market_tickers":["KX-1"]}}\n`
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
