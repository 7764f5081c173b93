import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SequenceStep } from '../../src/market/sequence.ts'
import { Sequence } from '../../src/market/sequence.ts'
import { Subscriptions } from '../../src/market/subscriptions.ts'

function observeAll(seqs: readonly number[], mayJump = false): SequenceStep[] {
  const sequence = new Sequence(mayJump)
  return seqs.map(seq => sequence.observe(seq))
}

describe('a sequence', () => {
  test('may begin in the middle', () => {
    expect(observeAll([707, 708]).map(step => step.type)).toEqual(['first', 'next'])
  })

  test('goes on behind a gap', () => {
    expect(observeAll([100, 103, 104])).toEqual([
      { type: 'first' },
      { type: 'gap', expected: 101, received: 103 },
      { type: 'next' }
    ])
  })

  test('is not moved by duplicates', () => {
    expect(observeAll([5, 6, 6, 5, 7])).toEqual([
      { type: 'first' },
      { type: 'next' },
      { type: 'duplicate', last: 6, received: 6 },
      { type: 'duplicate', last: 6, received: 5 },
      { type: 'next' }
    ])
  })

  test('that was filtered may jump but not fall', () => {
    expect(observeAll([5, 90, 91, 90], true).map(step => step.type)).toEqual(['first', 'next', 'next', 'duplicate'])
  })

  test('with frames left out has as many gaps as there are holes', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 100 }), kept => {
        const seqs = kept.flatMap((keep, index) => (keep ? [index + 1] : []))
        const holes = seqs.filter((seq, index) => index > 0 && seqs[index - 1] !== seq - 1)
        const gaps = observeAll(seqs).filter(step => step.type === 'gap')
        expect(gaps.map(gap => gap.received)).toEqual(holes)
      })
    )
  })
})

describe('subscriptions', () => {
  test('are told apart by connection and sid', () => {
    const subscriptions = new Subscriptions(() => false)
    const one = subscriptions.of(0, 1)
    expect(subscriptions.of(0, 2)).not.toBe(one)
    expect(subscriptions.of(1, 1)).not.toBe(one)
    expect(subscriptions.of(0, null)).not.toBe(one)
    expect(subscriptions.of(0, 1)).toBe(one)
  })

  test('begin a new epoch when their connection closes, and only then', () => {
    const subscriptions = new Subscriptions(() => false)
    const closing = subscriptions.of(0, 1)
    const other = subscriptions.of(1, 1)
    expect([closing.stamp, other.stamp]).toEqual([1, 2])
    subscriptions.close(0)
    expect([closing.stamp, other.stamp]).toEqual([3, 2])
    expect(subscriptions.of(0, 1)).not.toBe(closing)
  })
})
