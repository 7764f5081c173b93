import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { FORMS } from '../../../src/exchange/faults/fault-forms.ts'
import { faultHelp, formatFault, parseFault } from '../../../src/exchange/faults/fault-language.ts'
import type { Fault, FaultSpec, When } from '../../../src/exchange/faults/fault-spec.ts'

const duration = fc.integer({ min: 1, max: 1e9 })
const lasting = fc.option(duration, { nil: undefined })

const refusal = fc.record({
  name: fc.constant('refuse' as const),
  status: fc.integer({ min: 400, max: 599 }),
  times: fc.option(fc.integer({ min: 1, max: 99 }), { nil: undefined })
})

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({
    name: fc.constantFrom('drop', 'skip-seq', 'repeat-seq', 'reorder-seq', 'cut', 'malformed', 'unknown-type')
  }),
  fc.record({ name: fc.constantFrom('unknown-field', 'wrong-sid') }),
  fc.record({ name: fc.constant('close'), code: fc.constantFrom(1000, 1001, 1008, 1011, 1012, 3000, 4999) }),
  fc.record({ name: fc.constant('error'), code: fc.constantFrom(10, 25) }),
  fc.record({ name: fc.constant('silent'), forMilliseconds: lasting }),
  fc.record({ name: fc.constant('burst'), forMilliseconds: duration }),
  fc.record({ name: fc.constant('delay'), milliseconds: duration, forMilliseconds: lasting }),
  fc.record({
    name: fc.constant('wrong-clock'),
    milliseconds: fc.oneof(
      duration,
      duration.map(ahead => -ahead)
    ),
    forMilliseconds: lasting
  }),
  fc.record({ name: fc.constant('huge'), bytes: fc.integer({ min: 1_000, max: 500_000_000 }) }),
  fc.record({ name: fc.constant('late-ack'), dataFrames: fc.integer({ min: 1, max: 1e6 }) })
)

const chance: fc.Arbitrary<When> = fc.record({
  kind: fc.constant('chance'),
  probability: fc.double({ min: Number.MIN_VALUE, max: 1, noNaN: true })
})

const when: fc.Arbitrary<When> = fc.oneof(
  fc.constant({ kind: 'now' } as const),
  fc.record({
    kind: fc.constant('once'),
    since: fc.constantFrom('connect', 'start'),
    milliseconds: duration
  }),
  fc.record({ kind: fc.constant('every'), milliseconds: duration }),
  chance
)

const spec: fc.Arbitrary<FaultSpec> = fc.oneof(
  fc.record({ fault, connection: fc.option(fc.nat(9_999), { nil: undefined }), when }),
  fc.record({
    fault: refusal,
    connection: fc.constant(undefined),
    when: fc.oneof(fc.constant({ kind: 'now' } as const), chance)
  })
)

test('what is written is read as what it was', () => {
  fc.assert(
    fc.property(spec, given => {
      expect(parseFault(formatFault(given))).toEqual(given)
    })
  )
})

test.each([
  ['drop@5s', { fault: { name: 'drop' }, when: { kind: 'once', since: 'connect', milliseconds: 5_000 } }],
  ['drop@start+2m', { fault: { name: 'drop' }, when: { kind: 'once', since: 'start', milliseconds: 120_000 } }],
  ['skip-seq:0.01', { fault: { name: 'skip-seq' }, when: { kind: 'chance', probability: 0.01 } }],
  ['silent=30s#2 every 1m', { connection: 2, when: { kind: 'every', milliseconds: 60_000 } }],
  ['close', { fault: { name: 'close', code: 1012 }, when: { kind: 'now' } }],
  ['huge', { fault: { name: 'huge', bytes: 5_000_000 } }],
  ['wrong-clock=-90s,10s@5s', { fault: { milliseconds: -90_000, forMilliseconds: 10_000 } }],
  ['refuse=429x2', { fault: { name: 'refuse', status: 429, times: 2 } }]
])('%s', (text, expected) => {
  expect(parseFault(text)).toMatchObject(expected)
})

test.each([
  ['', 'write one of drop, close'],
  ['vanish', 'write one of drop'],
  ['toString', 'write one of drop'],
  ['drop=5', 'write drop'],
  ['close=1006', 'write close[=CODE]'],
  ['silent=0s', 'write silent[=FOR]'],
  ['delay', 'write delay=TIME[,FOR]'],
  ['delay=1s,2s,3s', 'write delay=TIME[,FOR]'],
  ['burst=5', 'write burst=FOR'],
  ['error=7', 'write error=10|25'],
  ['huge=10B', 'write huge[=SIZE]'],
  ['refuse=200', 'write refuse=STATUS[xTIMES]'],
  ['late-ack=0', 'write late-ack=FRAMES'],
  ['drop@', 'end with nothing'],
  ['drop every', 'end with nothing'],
  ['drop:0', 'end with nothing'],
  ['drop:1.5', 'end with nothing'],
  ['drop:x', 'end with nothing'],
  ['refuse=401@5s', 'an upgrade is refused always'],
  ['refuse=401#1', 'an upgrade is refused always']
])('"%s" is refused with what to write', (text, remedy) => {
  expect(() => parseFault(text)).toThrow(
    expect.objectContaining({
      code: 'usage',
      message: expect.stringContaining(`cannot read the fault "${text}": ${remedy}`)
    })
  )
})

test('the help tells every fault', () => {
  const lines = faultHelp().split('\n')
  expect(lines.slice(1, -2).map(line => line.trim().split('  ')[0])).toEqual(
    Object.values(FORMS).map(({ usage }) => usage)
  )
  expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(120)
})

test('the manual has a row for every fault', () => {
  const manual = readFileSync('docs/serve.md', 'utf8')
  const missing = Object.values(FORMS).filter(({ usage }) => !manual.includes(`| \`${usage.replace('|', '\\|')}\``))
  expect(missing).toEqual([])
})
