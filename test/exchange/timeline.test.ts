import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Timeline } from '../../src/exchange/timeline.ts'

test('what is due comes in the order of its time, and of what is due at once the first scheduled comes first', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 })), times => {
      const timeline = new Timeline<readonly [at: number, order: number]>()
      for (const [order, at] of times.entries()) timeline.schedule(at, [at, order])
      const taken: (readonly [number, number])[] = []
      for (let now = 0; now < 10; now++) {
        for (let due = timeline.takeDue(now); due !== undefined; due = timeline.takeDue(now)) {
          expect(due[0]).toBe(now)
          taken.push(due)
        }
      }
      const inOrder = times.map((at, order) => [at, order] as const).sort((a, b) => a[0] - b[0] || a[1] - b[1])
      expect(taken).toEqual(inOrder)
    })
  )
})

test('what is scheduled while others are taken takes its place among them', () => {
  const timeline = new Timeline<string>()
  timeline.schedule(5, 'last')
  timeline.schedule(1, 'first')
  expect(timeline.takeDue(5)).toBe('first')
  timeline.schedule(3, 'second')
  expect([timeline.takeDue(5), timeline.takeDue(4), timeline.takeDue(5)]).toEqual(['second', undefined, 'last'])
})
