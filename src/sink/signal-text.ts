import type { Signal } from '../scan/signal.ts'
import { signalToJson } from '../scan/signal.ts'
import type { SignalSink } from '../scan/signal-sink.ts'

/** Keeps signals as the NDJSON that `NdjsonSink` would write, for runs short enough to be compared in memory. */
export class SignalText implements SignalSink {
  #text = ''
  #count = 0

  get text(): string {
    return this.#text
  }

  get count(): number {
    return this.#count
  }

  accept(signal: Signal): void {
    this.#text += `${signalToJson(signal)}\n`
    this.#count++
  }

  flush(): void {}
}
