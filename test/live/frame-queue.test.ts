import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Frame, FrameBatch } from '../../src/core/frame.ts'
import { DIRECTIONS, FRAME_KINDS, framesOf } from '../../src/core/frame.ts'
import { FrameQueue } from '../../src/live/frame-queue.ts'

const MEBIBYTE = 1024 * 1024
const ROW_BYTES = 26

/** One that can be told from all others. */
function frameOf(index: number, bytes = 8): Frame {
  const payload = Buffer.alloc(bytes, index % 251)
  return {
    receivedAt: BigInt(index),
    monotonic: BigInt(index) + 5n,
    connection: index % 3,
    kind: FRAME_KINDS[index % FRAME_KINDS.length] ?? 'text',
    direction: DIRECTIONS[index % 2] ?? 'sent',
    payload
  }
}

function append(queue: FrameQueue, { receivedAt, monotonic, connection, kind, direction, payload }: Frame): void {
  queue.append(receivedAt, monotonic, connection, kind, direction, payload)
}

describe('frame queue', () => {
  it('gives what it was given, in its order, whatever is appended while a batch is in use', () => {
    const size = fc.oneof(
      { weight: 20, arbitrary: fc.integer({ min: 0, max: 400 }) },
      { weight: 1, arbitrary: fc.integer({ min: MEBIBYTE / 4, max: 3 * MEBIBYTE }) }
    )
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.array(size, { maxLength: 40 }).map(sizes => ({ sizes })) },
      { weight: 2, arbitrary: fc.constant('take' as const) }
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const queue = new FrameQueue()
        const given: Frame[] = []
        const got: Frame[] = []
        let batch: FrameBatch | undefined
        // A batch is valid until the next one is taken, so it is read as late as that.
        const take = () => {
          if (batch !== undefined) got.push(...framesOf(batch))
          batch = queue.take()
        }
        for (const step of steps) {
          if (step === 'take') take()
          else {
            for (const bytes of step.sizes) {
              const frame = frameOf(given.length, bytes)
              given.push(frame)
              append(queue, frame)
            }
          }
          const waiting = given.slice(got.length + (batch?.length ?? 0))
          expect(queue.length).toBe(waiting.length)
          expect(queue.bytes).toBe(waiting.reduce((sum, { payload }) => sum + payload.length + ROW_BYTES, 0))
          expect(queue.isEmpty).toBe(waiting.length === 0)
        }
        while (!queue.isEmpty) take()
        take()
        expect(got.length).toBe(given.length)
        expect(got.every((frame, index) => isEqual(frame, given[index]))).toBe(true)
      }),
      { numRuns: 30 }
    )
  })

  it('cuts batches at 4,096 rows and at a mebibyte', () => {
    const queue = new FrameQueue()
    for (let index = 0; index < 4_100; index++) append(queue, frameOf(index))
    expect([queue.take().length, queue.take().length, queue.take().length]).toEqual([4_096, 4, 0])
    for (let index = 0; index < 10; index++) append(queue, frameOf(index, MEBIBYTE / 4))
    expect([queue.take().length, queue.take().length, queue.take().length]).toEqual([4, 4, 2])
  })

  it('takes a frame that is larger than a batch alone', () => {
    const queue = new FrameQueue()
    append(queue, frameOf(1))
    append(queue, frameOf(2, 20 * MEBIBYTE))
    append(queue, frameOf(3))
    expect([1, 2, 3].map(() => framesOf(queue.take()).map(({ payload }) => payload.length))).toEqual([
      [8],
      [20 * MEBIBYTE],
      [8]
    ])
  })

  it('uses the memory of batches that are done with again, but not that of a huge frame', () => {
    const queue = new FrameQueue()
    const memories = new Set<ArrayBufferLike>()
    for (let round = 0; round < 100; round++) {
      for (let index = 0; index < 100; index++) append(queue, frameOf(index, 200))
      const { payload } = queue.take()
      memories.add(payload.buffer)
    }
    expect(memories.size).toBeLessThan(4)
    append(queue, frameOf(0, 20 * MEBIBYTE))
    const huge = queue.take().payload.buffer
    for (let round = 0; round < 10; round++) {
      append(queue, frameOf(round))
      expect(queue.take().payload.buffer).not.toBe(huge)
    }
  })
})

function isEqual(a: Frame, b: Frame | undefined): boolean {
  if (b === undefined) return false
  const hasSamePayload = Buffer.compare(a.payload, b.payload) === 0
  const { receivedAt, monotonic, connection, kind, direction } = a
  return (
    hasSamePayload &&
    receivedAt === b.receivedAt &&
    monotonic === b.monotonic &&
    connection === b.connection &&
    kind === b.kind &&
    direction === b.direction
  )
}
