import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineReader } from '../../src/audit/line-reader.ts'
import { compareSignals } from '../../src/audit/signal-diff.ts'

/** A stream that hands out its bytes in pieces. */
function reader(text: string, size = 7): LineReader {
  const bytes = Buffer.from(text)
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size)
  )
  return new LineReader(
    'text',
    (async function* () {
      yield* chunks
    })()
  )
}

async function differenceOf(a: string, b: string) {
  return (await compareSignals(reader(a), reader(b, 3))).difference
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

const signal = (to: string, scanner = 'movers') => JSON.stringify({ scanner, values: { from: '0.1000', to } })

describe('comparing signals', () => {
  it('finds none in equal ones, however they are cut into chunks', async () => {
    const text = `${signal('0.2000')}\n${signal('ü€')}\n`
    expect(await compareSignals(reader(text, 1), reader(text, 1000))).toEqual({ equalLines: 2, difference: null })
    expect(await compareSignals(reader(''), reader(''))).toEqual({ equalLines: 0, difference: null })
    expect(await differenceOf(text, text.trimEnd())).toBeNull()
  })

  it('names the first line and the first key that differ', async () => {
    const [a, b, c] = [signal('0.2000'), signal('0.3000'), signal('0.2000', 'mine')]
    expect(await differenceOf(`${a}\n${a}\n${a}\n`, `${a}\n${b}\n${c}\n`)).toEqual({ line: 2, a, b, key: 'values.to' })
    expect(await differenceOf(`${a}\n`, `${c}\n`)).toEqual({ line: 1, a, b: c, key: 'scanner' })
    expect(await differenceOf('{"a":1}\n', '{"a":1,"b":2}\n')).toMatchObject({ key: 'b' })
    expect(await differenceOf('{"a":{"x":1}}\n', '{"a":[1]}\n')).toMatchObject({ key: 'a' })
  })

  it('says that one has more lines, or that lines differ in how they are written', async () => {
    const a = signal('0.2000')
    expect(await differenceOf(`${a}\n`, `${a}\n${a}\n`)).toEqual({ line: 2, a: null, b: a, key: null })
    expect(await differenceOf('{"a":1,"b":2}\n', '{"b":2,"a":1}\n')).toMatchObject({ line: 1, key: null })
    expect(await differenceOf('not JSON\n', 'not JSON either\n')).toMatchObject({ line: 1, key: null })
  })

  it('agrees with splitting the whole text', async () => {
    const text = fc.array(fc.constantFrom('a', 'b', '\n', 'é'), { maxLength: 30 }).map(letters => letters.join(''))
    await fc.assert(
      fc.asyncProperty(text, text, fc.integer({ min: 1, max: 9 }), async (a, b, size) => {
        const [left, right] = [linesOf(a), linesOf(b)]
        const length = Math.max(left.length, right.length)
        const first = Array.from({ length }, (_, line) => line).find(line => left[line] !== right[line])
        const { difference } = await compareSignals(reader(a, size), reader(b, 4))
        expect(difference?.line).toBe(first === undefined ? undefined : first + 1)
      })
    )
    expect.hasAssertions()
  })

  it('refuses what has no line ends rather than holding all of it', async () => {
    const endless = new LineReader(
      'noise.bin',
      (async function* () {
        for (;;) yield Buffer.alloc(4 * 1024 * 1024, 'x')
      })()
    )
    await expect(endless.next()).rejects.toThrow(/noise\.bin has a line of more than/)
  })
})
