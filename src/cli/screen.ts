/** Redraws a block of lines in place on a terminal. */
export class Screen {
  readonly #stream = process.stdout
  #lines = 0

  draw(lines: readonly string[]): void {
    const { columns, rows } = this.#stream
    const shown = lines.slice(0, rows - 1).map(line => line.slice(0, columns))
    this.clear()
    this.#stream.write(shown.map(line => `${line}\n`).join(''))
    this.#lines = shown.length
  }

  clear(): void {
    if (this.#lines > 0) this.#stream.write(`\x1b[${this.#lines}A\x1b[0J`)
    this.#lines = 0
  }
}
