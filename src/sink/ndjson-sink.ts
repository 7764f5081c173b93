import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import type { Signal } from '../scan/signal.ts'
import { signalToJson } from '../scan/signal.ts'
import type { SignalSink } from '../scan/signal-sink.ts'

/** Writes one signal a line. Whoever owns the output listens for its errors: here it is only waited for. */
export class NdjsonSink implements SignalSink {
  readonly #output: Writable
  #lines: string[] = []

  constructor(output: Writable) {
    this.#output = output
  }

  accept(signal: Signal): void {
    this.write(signalToJson(signal))
  }

  /** Another line, in its place among the signals. */
  write(line: string): void {
    this.#lines.push(line)
  }

  async flush(): Promise<void> {
    if (this.#lines.length === 0) return
    const text = `${this.#lines.join('\n')}\n`
    this.#lines = []
    if (!this.#output.write(text)) await once(this.#output, 'drain').catch(() => undefined)
  }
}

/** Counts signals and hashes their lines: two runs with one digest emitted the same bytes. */
export class SignalDigest implements SignalSink {
  readonly #hash = createHash('sha256')
  #count = 0

  get count(): number {
    return this.#count
  }

  accept(signal: Signal): void {
    this.#count++
    this.#hash.update(`${signalToJson(signal)}\n`)
  }

  flush(): void {}

  /** Hexadecimal SHA-256 of all lines so far. */
  digest(): string {
    return this.#hash.copy().digest('hex')
  }
}
