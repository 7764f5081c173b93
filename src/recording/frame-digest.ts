import type { Hash } from 'node:crypto'
import { createHash } from 'node:crypto'
import type { FrameBatch } from '../core/frame.ts'

/** A digest of frames that is the same however they are cut into batches, segments and recordings. */
export class FrameDigest {
  readonly #columns: readonly Hash[] = Array.from({ length: 7 }, () => createHash('sha256'))

  add({ length, receivedAt, monotonic, connection, kind, direction, offsets, payload }: FrameBatch): void {
    const lengths = new Int32Array(length)
    for (let row = 0; row < length; row++) lengths[row] = (offsets[row + 1] ?? 0) - (offsets[row] ?? 0)
    const columns = [
      receivedAt.subarray(0, length),
      monotonic.subarray(0, length),
      connection.subarray(0, length),
      kind.subarray(0, length),
      direction.subarray(0, length),
      lengths,
      payload.subarray(offsets[0], offsets[length])
    ]
    columns.forEach((column, index) => this.#columns[index]?.update(column))
  }

  /** Of all that was added; nothing can be added after. */
  end(): string {
    const whole = createHash('sha256')
    for (const column of this.#columns) whole.update(column.digest())
    return `sha256:${whole.digest('hex')}`
  }
}
