import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Message } from '../../src/protocol/messages.ts'
import { READERS } from '../../src/protocol/schemas/by-type.ts'
import { decodeAll, decodeOne, FIXTURES, frameOf, hasShared, linesOf, SHARED } from './decode.ts'

/** The type that a frame names, as the reference's JSON says it. */
function wireTypeOf(text: string): string {
  return (JSON.parse(text) as { type: string }).type
}

/** What makes a message something else than the good message of its frame's type. */
function surprise(message: Message, text: string): string | undefined {
  if (message.type === 'malformed' || message.type === 'unknown') return `${message.type}: ${message.reason} — ${text}`
  if (message.type !== wireTypeOf(text)) return `${message.type} — ${text}`
  return message.unknownFields.length === 0 ? undefined : `${message.unknownFields.join()} — ${text}`
}

function surprises(texts: readonly string[]): string[] {
  const messages = decodeAll(texts.map(text => frameOf(text)))
  return messages.flatMap((message, at) => surprise(message, texts[at] ?? '') ?? [])
}

describe('our own fixtures', () => {
  test('every frame decodes to the message of its type, without unknown fields', () => {
    expect(surprises(FIXTURES)).toEqual([])
  })

  test('they hold every type that has a reader', () => {
    expect(new Set(FIXTURES.map(wireTypeOf))).toEqual(new Set(READERS.keys()))
  })

  test('a newline after the frame, as on the wire, changes nothing', () => {
    for (const text of FIXTURES) expect(decodeOne(`${text}\n`)).toEqual(decodeOne(text))
  })

  test('all messages of a type have one shape', () => {
    const shapes = new Map<string, Set<string>>()
    for (const message of decodeAll(FIXTURES.map(text => frameOf(text)))) {
      const shape = shapes.get(message.type) ?? new Set()
      shapes.set(message.type, shape.add(Object.keys(message).join()))
    }
    expect([...shapes].filter(([, shape]) => shape.size > 1)).toEqual([])
  })
})

describe.skipIf(!hasShared)('frames of others (skipped where ../shared is absent)', () => {
  test('every sample frame decodes to the message of its type but the one of an unknown type', () => {
    const samples = linesOf(`${SHARED}/protocol/sample-frames.jsonl`)
    const unknown = samples.filter(text => wireTypeOf(text) === 'some_future_type')
    expect(unknown.map(text => decodeOne(text))).toMatchObject([{ type: 'unknown', sid: 77, seq: 1 }])
    expect(surprises(samples.filter(text => !unknown.includes(text)))).toEqual([])
  })

  const captures = hasShared ? readdirSync(`${SHARED}/real`).filter(name => name.includes('.jsonl')) : []
  test.each(captures)('every frame of %s decodes to the message of its type, without unknown fields', name => {
    const bytes = readFileSync(`${SHARED}/real/${name}`)
    const lines = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().trimEnd().split('\n')
    const texts = lines.flatMap(line => (JSON.parse(line) as { raw?: string }).raw ?? [])
    expect(texts.length).toBeGreaterThan(0)
    expect(surprises(texts)).toEqual([])
  })
})
