/** The way out of a session: what is sent to one client. */
export interface Link {
  /** A text frame. */
  send(frame: string): void
  ping(body: string): void
  /** The answer to a client's ping, which a half-open connection does not give. */
  pong(body: Buffer): void
  close(code: number, reason?: string): void
  /** Cuts the TCP connection. */
  terminate(): void
}

/** What a fault can do to a session itself. */
export interface FaultTarget {
  /** Sends a scoped error on every subscription; the terminal codes 10 and 25 end it too. */
  fail(code: number): void
}
