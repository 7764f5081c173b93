import type { Clock } from '../../core/clock.ts'

/** A stretch of time that something lasts. If it begins again meanwhile, the later one says when it ends. */
export class Period {
  readonly #clock: Clock
  readonly #signal: AbortSignal
  #isOn = false
  #begun = 0

  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock
    this.#signal = signal
  }

  get isOn(): boolean {
    return this.#isOn
  }

  /** Without a duration it never ends. An abort ends it too, but is not told. */
  begin(milliseconds: number | undefined, onEnd: () => void): void {
    this.#isOn = true
    this.#begun++
    if (milliseconds !== undefined) void this.#endAfter(milliseconds, this.#begun, onEnd)
  }

  async #endAfter(milliseconds: number, begun: number, onEnd: () => void): Promise<void> {
    await this.#clock.sleep(milliseconds, this.#signal)
    if (this.#signal.aborted || begun !== this.#begun) return
    this.#isOn = false
    onEnd()
  }
}
