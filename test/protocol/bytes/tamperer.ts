import { SeededRandom } from '../../../src/exchange/seeded-random.ts'

type Mutation = (bytes: Buffer, others: readonly Buffer[]) => Buffer

/** Bytes that JSON gives a meaning to, and those that are nearly digits. */
const TELLING = Buffer.from('"\\{}[]:,.-+0123456789eE \n\t\r/;x\0\x1f\x7f\x80\xc3\xe2\xff', 'latin1')
const SNIPPETS = [
  '\\u0041',
  '\\"',
  'null',
  'true',
  '1e3',
  '0.48',
  '-0',
  '00',
  '""',
  '{}',
  '[]',
  '"zzz":1,',
  '"msg":{},',
  '"sid":1,',
  ' ',
  '1234567890123456',
  '9007199254740993',
  '"__proto__":1,',
  '"7":1,',
  '"side":"yes",',
  '2026-02-30T00:00:00Z',
  '24:00:60'
].map(text => Buffer.from(text))

/** Tampers with frames, the same way for the same seed. */
export class Tamperer {
  readonly #random: SeededRandom
  readonly #mutations: readonly Mutation[]

  constructor(seed: number) {
    this.#random = new SeededRandom(seed)
    this.#mutations = [
      bytes => replaced(bytes, this.#upTo(bytes.length), 0, Buffer.from([this.pick(TELLING)])),
      bytes => replaced(bytes, this.#upTo(bytes.length), 1, Buffer.from([this.pick(TELLING)])),
      bytes => replaced(bytes, this.#upTo(bytes.length), 1, Buffer.from([this.#upTo(255)])),
      bytes => replaced(bytes, this.#upTo(bytes.length), 1 + this.#upTo(7), Buffer.alloc(0)),
      bytes => bytes.subarray(0, this.#upTo(bytes.length)),
      bytes => replaced(bytes, this.#upTo(bytes.length), this.#upTo(4), this.pick(SNIPPETS)),
      bytes => this.#repeatPart(bytes),
      (bytes, others) => this.#goOnAs(bytes, this.pick(others)),
      bytes => this.#changeDigits(bytes),
      bytes => this.#shuffle(bytes),
      bytes => this.#space(bytes)
    ]
  }

  /** Changes a frame in one to three ways, one of which may be to go on as another of these frames. */
  tamper(frame: Buffer, others: readonly Buffer[]): Buffer {
    let bytes = frame
    for (let changes = this.pick([1, 1, 1, 2, 3]); changes > 0; changes--) {
      bytes = this.pick(this.#mutations)(bytes, others)
    }
    return bytes
  }

  pick<Item>(items: ArrayLike<Item>): Item {
    return items[this.#upTo(items.length - 1)] as Item
  }

  #upTo(max: number): number {
    return this.#random.integer(0, max)
  }

  #repeatPart(bytes: Buffer): Buffer {
    const from = this.#upTo(bytes.length)
    return replaced(bytes, this.#upTo(bytes.length), 0, bytes.subarray(from, from + 1 + this.#upTo(29)))
  }

  #goOnAs(bytes: Buffer, other: Buffer): Buffer {
    const at = this.#upTo(bytes.length)
    return Buffer.concat([bytes.subarray(0, at), other.subarray(Math.min(at, other.length))])
  }

  /** One number for another, which may be as good. */
  #changeDigits(bytes: Buffer): Buffer {
    const from = this.#upTo(bytes.length)
    return Buffer.from(bytes).map((byte, at) => {
      const isDigit = byte >= 0x30 && byte <= 0x39
      return isDigit && at >= from && at < from + 40 && this.#random.chance(0.5) ? 0x30 + this.#upTo(9) : byte
    }) as Buffer
  }

  /** The same fields in another order, with one more or less at times. */
  #shuffle(bytes: Buffer): Buffer {
    const frame = objectIn(bytes)
    if (frame === undefined) return bytes
    const { msg } = frame
    if (isObject(msg)) frame['msg'] = this.#mix(msg)
    return Buffer.from(JSON.stringify(this.#mix(frame)))
  }

  #mix(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const entries = Object.entries(object)
      .map(entry => ({ entry, rank: this.#random.fraction() }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ entry }) => entry)
    if (this.#random.chance(0.2)) {
      entries.splice(this.#upTo(entries.length), 0, [this.pick(['extra', '0', 'ts', 'volume']), 1])
    }
    if (this.#random.chance(0.2)) entries.splice(this.#upTo(entries.length), 1)
    if (this.#random.chance(0.2) && entries.length > 0) {
      this.pick(entries)[1] = this.pick<unknown>([null, '', 0, -1, 0.5, 'yes', [], true, 1e20])
    }
    return Object.fromEntries(entries)
  }

  #space(bytes: Buffer): Buffer {
    const frame = objectIn(bytes)
    if (frame === undefined) return bytes
    return Buffer.from(`${JSON.stringify(frame, null, this.pick([' ', '\t']))}${this.pick(['', '\n', ' \r\n'])}`)
  }
}

function replaced(bytes: Buffer, at: number, length: number, by: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), by, bytes.subarray(Math.min(bytes.length, at + length))])
}

function objectIn(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString())
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
