import type { Connection } from './connection.ts'
import type { Publication } from './publication.ts'

/** The connections that one playback is told to. */
export class Audience implements Iterable<Connection> {
  readonly #connections = new Set<Connection>()
  readonly #waiting = new Set<() => void>()

  get size(): number {
    return this.#connections.size
  }

  [Symbol.iterator](): Iterator<Connection> {
    return this.#connections.values()
  }

  add(connection: Connection): void {
    this.#connections.add(connection)
  }

  delete(connection: Connection): void {
    this.#connections.delete(connection)
  }

  publish(publication: Publication): void {
    for (const { session } of this.#connections) session.publish(publication)
  }

  /** Drops a settled market from all subscriptions. */
  forget(ticker: string): void {
    for (const { session } of this.#connections) session.forget(ticker)
  }

  /** Tells all books anew, since they have jumped to another time. */
  renewBooks(): void {
    this.hold()
    for (const { session } of this.#connections) session.renewBooks()
    this.flush()
  }

  /** Frames gather from `hold` to `flush`. */
  hold(): void {
    for (const connection of this.#connections) connection.hold()
  }

  flush(): void {
    for (const connection of this.#connections) connection.flush()
  }

  /** Cuts off whoever has left too much unread. */
  dropSlow(): void {
    for (const connection of this.#connections) connection.dropIfSlow()
  }

  /** Resolves when the slowest has caught up, or when the signal aborts. */
  async drained(signal: AbortSignal): Promise<void> {
    for (const connection of this.#connections) await connection.drained(signal)
  }

  close(code: number): void {
    for (const connection of this.#connections) connection.close(code)
  }

  /** To be called after a command: it may have been what somebody waits for. */
  noteCommand(): void {
    for (const look of this.#waiting) look()
  }

  /** Resolves when so many connections have subscribed to something, or when the signal aborts. */
  async subscribed(count: number, signal: AbortSignal): Promise<void> {
    const isEnough = () => [...this.#connections].filter(connection => connection.hasSubscribed).length >= count
    if (isEnough() || signal.aborted) return
    await new Promise<void>(resolve => {
      const look = () => {
        if (!isEnough() && !signal.aborted) return
        this.#waiting.delete(look)
        signal.removeEventListener('abort', look)
        resolve()
      }
      this.#waiting.add(look)
      signal.addEventListener('abort', look)
    })
  }
}
