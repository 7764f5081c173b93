import type { Clock } from '../core/clock.ts'

/** One line on standard error that is drawn over itself; nothing where that is no terminal. */
class StatusLine {
  readonly #stream = process.stderr
  #shown = false

  get visible(): boolean {
    return this.#stream.isTTY
  }

  show(text: string): void {
    if (!this.visible) return
    this.#stream.write(`\r\x1b[2K${text.slice(0, this.#stream.columns - 1)}`)
    this.#shown = true
  }

  clear(): void {
    if (this.#shown) this.#stream.write('\r\x1b[2K')
    this.#shown = false
  }
}

const REFRESH_MILLISECONDS = 500

/** Draws a status line twice a second. Returns what ends it. */
export function watch(clock: Clock, text: () => string): () => void {
  const line = new StatusLine()
  const over = new AbortController()
  const draw = async () => {
    while (line.visible && !over.signal.aborted) {
      line.show(text())
      await clock.sleep(REFRESH_MILLISECONDS, over.signal)
    }
  }
  void draw()
  return () => {
    over.abort()
    line.clear()
  }
}
