import type { Link } from './faults/link.ts'
import type { RecordedFrame } from './recorded/recorded-frame.ts'

/** The way out of a session, which takes recorded frames too, as bytes that only need the session's own numbers. */
export interface FrameLink extends Link {
  sendRecorded(frame: RecordedFrame, sid: number, seq: number | undefined): void
}

/** A link that something stands in, such as a fault: it sees every frame as text. */
export class TextLink implements FrameLink {
  readonly #link: Link

  constructor(link: Link) {
    this.#link = link
  }

  send(frame: string): void {
    this.#link.send(frame)
  }

  sendRecorded(frame: RecordedFrame, sid: number, seq: number | undefined): void {
    this.#link.send(frame.text(sid, seq))
  }

  ping(body: string): void {
    this.#link.ping(body)
  }

  pong(body: Buffer): void {
    this.#link.pong(body)
  }

  close(code: number, reason?: string): void {
    this.#link.close(code, reason)
  }

  terminate(): void {
    this.#link.terminate()
  }
}
