import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batchOf, FrameBatchBuilder } from '../../src/core/frame-batch-builder.ts'
import { framesOf } from '../../src/core/frame.ts'
import { frame, frames } from '../recording/frames.ts'

describe('FrameBatchBuilder', () => {
  it('holds the frames that were appended', () => {
    fc.assert(
      fc.property(frames, given => {
        expect(framesOf(batchOf(given))).toEqual(given)
      })
    )
  })

  it('copies any range of rows of a batch behind those it has', () => {
    fc.assert(
      fc.property(frames, frames, fc.nat(), fc.nat(), (first, second, a, b) => {
        const [from, to] = [a % (second.length + 1), b % (second.length + 1)].sort((x, y) => x - y)
        const builder = new FrameBatchBuilder()
        first.forEach(frame => builder.appendFrame(frame))
        builder.appendRows(batchOf(second), from ?? 0, to ?? 0)
        expect(framesOf(builder.batch())).toEqual([...first, ...second.slice(from, to)])
      })
    )
  })

  it('grows beyond its first memory, row by row and by many rows', () => {
    const many = Array.from({ length: 3000 }, (_, row) => frame({ connection: row, payload: 'x'.repeat(row % 100) }))
    const batch = batchOf(many)
    const builder = new FrameBatchBuilder()
    builder.appendRows(batch, 0, batch.length)
    expect(framesOf(builder.batch())).toEqual(many)
    expect(builder.bytes).toBe(many.reduce((sum, { payload }) => sum + payload.length, 0))
  })

  it('renumbers the connection of a row that it copies, if told to', () => {
    const builder = new FrameBatchBuilder()
    builder.appendRow(batchOf([frame({ connection: 1 })]), 0, 7)
    expect(framesOf(builder.batch())).toEqual([frame({ connection: 7 })])
  })

  it('is empty once cleared, and holds what comes then', () => {
    const builder = new FrameBatchBuilder()
    builder.appendFrame(frame({ payload: 'old' }))
    builder.clear()
    expect([builder.length, builder.bytes]).toEqual([0, 0])
    builder.appendFrame(frame({ payload: 'new' }))
    expect(framesOf(builder.batch())).toEqual([frame({ payload: 'new' })])
  })
})
