import { describe, expect, it } from 'vitest'
import { reasonOf } from '../../src/core/errors.ts'

describe('the reason of what was thrown', () => {
  it.each([
    ['an error', new Error('no room'), 'no room'],
    ['an error of many lines', new Error('\n  x Expected ";"\r\n\n   ,-[a.ts:1:1]\n'), 'x Expected ";" ,-[a.ts:1:1]'],
    ['an error without a message', new TypeError(), 'TypeError'],
    [
      'a plain object with a message',
      { code: 'Unsupported', message: 'enums are not erasable' },
      'enums are not erasable'
    ],
    ['an object without a prototype', Object.create(null), 'a value without text'],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['nothing', undefined, 'undefined'],
    ['an error whose message is no text', Object.assign(new Error(), { message: 5 }), 'Error: 5']
  ])('is one line for %s', (_, thrown, reason) => {
    expect(reasonOf(thrown)).toBe(reason)
  })

  it('is told of an object that cannot even be looked at', () => {
    const hostile = new Proxy(
      {},
      {
        has() {
          throw new Error('do not look')
        },
        get() {
          throw new Error('do not touch')
        }
      }
    )
    expect(reasonOf(hostile)).toBe('a value without text')
  })
})
