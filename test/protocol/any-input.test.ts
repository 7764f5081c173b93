import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { DIRECTIONS, FRAME_KINDS } from '../../src/core/frame.ts'
import type { Message } from '../../src/protocol/messages.ts'
import { READERS } from '../../src/protocol/schemas/by-type.ts'
import { decodeAll, decodeOne, FIXTURES, frameOf } from './decode.ts'

/** Whatever comes in, a message comes out: nothing is thrown, and the envelope is always there. */
function isMessage(value: unknown): boolean {
  const message = value as Message
  const numbers = [message.sid, message.seq, message.id, message.sentAt]
  return (
    typeof message.type === 'string' &&
    Array.isArray(message.unknownFields) &&
    numbers.every(number => number === null || Number.isSafeInteger(number))
  )
}

const fixture = fc.constantFrom(...FIXTURES)

test('any bytes, in a frame of any kind and direction', () => {
  const kind = fc.constantFrom(...FRAME_KINDS)
  const direction = fc.constantFrom(...DIRECTIONS)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), kind, direction, (payload, kind, direction) => {
      expect(decodeAll([frameOf(payload, { kind, direction })])[0]).toSatisfy(isMessage)
    })
  )
})

test('any JSON, received and sent', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(...DIRECTIONS), (text, direction) => {
      expect(decodeAll([frameOf(text, { direction })])[0]).toSatisfy(isMessage)
    })
  )
})

test('any msg under any known type', () => {
  const type = fc.constantFrom(...READERS.keys())
  fc.assert(
    fc.property(type, fc.jsonValue(), (type, msg) => {
      expect(decodeOne({ type, sid: 1, seq: 1, msg })).toSatisfy(isMessage)
    })
  )
})

test('a fixture with a byte changed, dropped or doubled', () => {
  const change = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }), drop: fc.nat(2), keep: fc.nat(2) })
  fc.assert(
    fc.property(fixture, change, (text, { at, byte, drop, keep }) => {
      const bytes = [...Buffer.from(text)]
      bytes.splice(at % bytes.length, drop, ...Array.from({ length: keep }, () => byte))
      expect(decodeAll([frameOf(Uint8Array.from(bytes))])[0]).toSatisfy(isMessage)
    }),
    { numRuns: 1000 }
  )
})

test('a fixture with any of its fields replaced by any JSON', () => {
  fc.assert(
    fc.property(fixture, fc.nat(), fc.jsonValue(), (text, at, value) => {
      const frame = JSON.parse(text) as { msg?: unknown }
      const holder = typeof frame.msg === 'object' && frame.msg !== null ? frame.msg : frame
      const keys = Object.keys(holder)
      Reflect.set(holder, keys[at % Math.max(keys.length, 1)] ?? 'x', value)
      expect(decodeOne(frame)).toSatisfy(isMessage)
    }),
    { numRuns: 1000 }
  )
})

test('a field nobody knows changes nothing but unknownFields', () => {
  fc.assert(
    fc.property(fixture, fc.jsonValue(), (text, value) => {
      const plain = decodeOne(text)
      const frame = { ...(JSON.parse(text) as object), zzz: value }
      expect(decodeOne(frame)).toEqual({ ...plain, unknownFields: ['zzz'] })
    })
  )
})
