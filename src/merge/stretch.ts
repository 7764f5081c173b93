import type { FrameBatch } from '../core/frame.ts'
import { KIND, payloadAt } from '../core/frame.ts'
import type { Nanoseconds } from '../core/time.ts'
import type { Finding } from '../audit/finding.ts'
import { FrameAudit } from '../audit/frame-audit.ts'
import type { Span } from '../audit/spans.ts'

type Gap = Extract<Finding, { readonly type: 'gap' }>

/** Time in which no connection was open, though the recording went on. */
export interface Outage {
  readonly from: Nanoseconds
  readonly to: Nanoseconds
}

/** What is missing in a stretch of frames, as `kws verify` would tell it. */
export interface Holes {
  readonly gaps: readonly Gap[]
  /** Times in which a market's book is not known. */
  readonly lost: readonly Span[]
  readonly outages: readonly Outage[]
}

const CLOSE_NORMAL = 1000

/** Watches frames go by. Memory grows with the markets and with what is missing, not with the frames. */
export class Stretch {
  readonly #audit: FrameAudit
  readonly #gaps: Gap[] = []
  readonly #lost: Span[] = []
  readonly #outages: Outage[] = []
  readonly #open = new Set<number>()
  #closedAt: Nanoseconds | undefined
  #lastConnection = 0

  constructor(isFiltered: boolean, areTimesReal: boolean) {
    this.#audit = new FrameAudit({
      isFiltered,
      areTimesReal,
      onFinding: finding => {
        if (finding.type === 'gap') this.#gaps.push(finding)
      },
      onSpan: span => {
        if (span.state === 'lost') this.#lost.push(span)
      }
    })
  }

  get frames(): number {
    return this.#audit.frames
  }

  get first(): Nanoseconds | undefined {
    return this.#audit.first
  }

  get last(): Nanoseconds | undefined {
    return this.#audit.last
  }

  /** The highest number of a connection. */
  get lastConnection(): number {
    return this.#lastConnection
  }

  accept(batch: FrameBatch): void {
    this.#audit.accept(batch)
    for (let row = 0; row < batch.length; row++) {
      const connection = batch.connection[row] ?? 0
      if (connection > this.#lastConnection) this.#lastConnection = connection
      const kind = batch.kind[row]
      if (kind === KIND.open || kind === KIND.close) this.#note(batch, row, connection)
    }
  }

  end(): Holes {
    this.#audit.end()
    return { gaps: this.#gaps, lost: this.#lost, outages: this.#outages }
  }

  #note(batch: FrameBatch, row: number, connection: number): void {
    const time = batch.receivedAt[row] ?? 0n
    if (batch.kind[row] === KIND.open) {
      if (this.#closedAt !== undefined) this.#outages.push({ from: this.#closedAt, to: time })
      this.#closedAt = undefined
      this.#open.add(connection)
      return
    }
    this.#open.delete(connection)
    const isLost = this.#open.size === 0 && !Buffer.from(payloadAt(batch, row)).includes(`"code":${CLOSE_NORMAL}`)
    if (isLost) this.#closedAt = time
  }
}
