import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { FrameLink } from './frame-link.ts'
import type { RecordedFrame } from './recorded/recorded-frame.ts'

/** What is handed to the socket in one write, at most. */
const BUFFER_BYTES = 64 * 1024
/** Buffers that the socket has given back are kept for the next time it cannot take one at once. */
const SPARE_BUFFERS_MAX = 4

/** A client that has more than this unread is waited for, where it may be: less keeps it busy while more is read. */
const QUEUED_BYTES_MAX = 1024 * 1024

/** The header of an unmasked text frame (RFC 6455, section 5.2): whole, and with a payload of 7, 16 or 64 bits of length. */
const TEXT_FRAME = 0x81
const LENGTH_7_BITS_MAX = 125
const LENGTH_16_BITS_MAX = 0xffff
const LENGTH_IN_16_BITS = 126
const LENGTH_IN_64_BITS = 127
const HEADER_BYTES_MAX = 10

/**
 * A client's socket. Text frames are framed here, into a buffer that leaves in large writes, since one call of
 * `ws.send` per frame is what limits a server; all else is left to `ws`, which writes to the same stream. The order
 * holds because the buffer is empty whenever `ws` gets to write: it fills between `hold` and `flush` only.
 */
export class SocketLink implements FrameLink {
  readonly #socket: WebSocket
  readonly #stream: Duplex
  readonly #spare: Buffer[] = []
  #buffer: Buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
  #filled = 0
  #isHolding = false
  #framesSent = 0

  constructor(socket: WebSocket, stream: Duplex) {
    this.#socket = socket
    this.#stream = stream
  }

  get framesSent(): number {
    return this.#framesSent
  }

  /** Bytes that the client's side has not taken yet. */
  get bufferedBytes(): number {
    return this.#stream.writableLength + this.#filled
  }

  /** Until `flush`, frames gather, so that a burst leaves in few writes. */
  hold(): void {
    this.#isHolding = true
  }

  flush(): void {
    this.#isHolding = false
    this.#writeOut()
  }

  /** What must be waited for before more is sent, so that no memory grows; undefined where the client keeps up. */
  drained(signal: AbortSignal): Promise<void> | undefined {
    if (this.#stream.writableLength <= QUEUED_BYTES_MAX || this.#stream.destroyed) return undefined
    return this.#drain(signal)
  }

  send(frame: string): void {
    if (!this.#isOpen()) return
    this.#framesSent++
    const length = Buffer.byteLength(frame)
    if (HEADER_BYTES_MAX + length > BUFFER_BYTES) return this.#sendAlone(Buffer.from(frame))
    this.#writeHeader(length)
    this.#filled += this.#buffer.write(frame, this.#filled)
    if (!this.#isHolding) this.#writeOut()
  }

  sendRecorded(frame: RecordedFrame, sid: number, seq: number | undefined): void {
    if (!this.#isOpen()) return
    this.#framesSent++
    const length = frame.lengthAs(sid, seq)
    if (HEADER_BYTES_MAX + length > BUFFER_BYTES) return this.#sendAlone(Buffer.from(frame.text(sid, seq)))
    this.#writeHeader(length)
    this.#filled = frame.copyTo(this.#buffer, this.#filled, sid, seq)
    if (!this.#isHolding) this.#writeOut()
  }

  ping(body: string): void {
    if (!this.#isOpen()) return
    this.#writeOut()
    this.#socket.ping(body)
  }

  pong(body: Buffer): void {
    if (!this.#isOpen()) return
    this.#writeOut()
    this.#socket.pong(body)
  }

  close(code: number, reason?: string): void {
    if (this.#isOpen()) this.#writeOut()
    this.#socket.close(code, reason)
  }

  terminate(): void {
    this.#filled = 0
    this.#socket.terminate()
  }

  /** Makes room first where there is none for a header and so many bytes. */
  #writeHeader(length: number): void {
    if (this.#filled + HEADER_BYTES_MAX + length > BUFFER_BYTES) this.#writeOut()
    this.#filled = writeHeader(this.#buffer, this.#filled, length)
  }

  /** A frame that no buffer holds. */
  #sendAlone(payload: Buffer): void {
    this.#writeOut()
    const header = Buffer.allocUnsafe(HEADER_BYTES_MAX)
    this.#stream.write(header.subarray(0, writeHeader(header, 0, payload.length)))
    this.#stream.write(payload)
  }

  /** The system takes the bytes at once unless it is full: then they are read later, and the buffer is given away. */
  #writeOut(): void {
    if (this.#filled === 0) return
    const buffer = this.#buffer
    const bytes = buffer.subarray(0, this.#filled)
    this.#filled = 0
    if (!this.#isOpen()) return
    let isTaken = false
    let isGivenAway = false
    this.#stream.write(bytes, () => {
      isTaken = true
      if (isGivenAway && this.#spare.length < SPARE_BUFFERS_MAX) this.#spare.push(buffer)
    })
    if (isTaken || this.#stream.writableLength === 0) return
    isGivenAway = true
    this.#buffer = this.#spare.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES)
  }

  async #drain(signal: AbortSignal): Promise<void> {
    const over = new AbortController()
    const end = AbortSignal.any([signal, over.signal])
    const events = ['drain', 'close'].map(event => once(this.#stream, event, { signal: end }).catch(() => undefined))
    await Promise.race(events)
    over.abort()
  }

  #isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN
  }
}

function writeHeader(target: Buffer, at: number, length: number): number {
  target[at] = TEXT_FRAME
  if (length <= LENGTH_7_BITS_MAX) {
    target[at + 1] = length
    return at + 2
  }
  if (length <= LENGTH_16_BITS_MAX) {
    target[at + 1] = LENGTH_IN_16_BITS
    return target.writeUInt16BE(length, at + 2)
  }
  target[at + 1] = LENGTH_IN_64_BITS
  return target.writeBigUInt64BE(BigInt(length), at + 2)
}
