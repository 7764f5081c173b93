import type { FrameBatch } from './frame.ts'

/** Node's view on the payloads of the batch in hand, made once a batch and not once a frame: nothing is copied. */
export class PayloadMemory {
  #payload: Uint8Array | undefined
  #memory: Buffer = Buffer.alloc(0)

  of({ payload }: FrameBatch): Buffer {
    if (this.#payload !== payload) {
      this.#payload = payload
      this.#memory = Buffer.from(payload.buffer as ArrayBuffer, payload.byteOffset, payload.byteLength)
    }
    return this.#memory
  }
}
