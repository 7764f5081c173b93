import { createHash } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import type { Frame } from '../../src/core/frame.ts'
import type { ImportSummary } from '../../src/recording/import-capture.ts'
import { importCaptures } from '../../src/recording/import-capture.ts'
import type { Recording } from '../../src/recording/recording.ts'
import { openRecording } from '../../src/recording/recording.ts'
import { framesIn } from './frames.ts'
import { temporaryFolder } from '../temporary.ts'

const TICKER = '{"type":"ticker","sid":1,"seq":5,"msg":{"market_ticker":"KXA","ts_ms":1791833401250}}'
const TIME = 1_791_833_400_000_000_000n

describe('importCaptures', () => {
  it.each([
    ['raw text, byte for byte', { raw: `${TICKER}\n` }, `${TICKER}\n`],
    ['an event object, written anew', { event: JSON.parse(TICKER) }, TICKER],
    ['an event as text', { event: TICKER }, TICKER],
    ['a msg object', { msg: JSON.parse(TICKER) }, TICKER],
    ['a msg as text', { msg: TICKER }, TICKER]
  ])('takes %s', async (_, held, payload) => {
    const { frames } = await imported([JSON.stringify({ recv_ns: String(TIME), ...held })])
    expect(frames).toEqual([
      {
        receivedAt: TIME,
        monotonic: 0n,
        connection: 0,
        kind: 'text',
        direction: 'received',
        payload: new TextEncoder().encode(payload)
      }
    ])
  })

  it('takes a bare frame as its line stands, and any other line too', async () => {
    const lines = [TICKER, ` {"type": "trade"} `, '{"note":1}', 'not json', '[1]', '"text"']
    const { frames, summary } = await imported([...lines, '', '  ', '\r'])
    expect(texts(frames)).toEqual(lines)
    expect(summary.forms).toEqual({ raw: 0, event: 0, bare: 2, other: 3, 'not JSON': 1 })
  })

  it('takes bytes that are no text as a binary frame', async () => {
    const { frames } = await imported([TICKER, Buffer.of(0xff, 0xfe)])
    expect(frames).toMatchObject([{}, { kind: 'binary', payload: Uint8Array.of(0xff, 0xfe) }])
  })

  it.each([
    ['recv_ns', '"1791833400123456789"', 123_456_789n],
    ['recv_ns', '1791833400123456789', 123_456_789n],
    ['recv_us', '1791833400123456', 123_456_000n],
    ['recv_ms', '1791833400123', 123_000_000n],
    ['recv_ms', '1791833400123.5', 123_500_000n],
    ['recv_ts', '1791833400', 0n],
    ['ts', '1791833400.123456', 123_456_000n],
    ['ts', '"1791833400.5"', 500_000_000n],
    ['ts', '1791833400123', 123_000_000n],
    ['ts', '1791833400123456', 123_456_000n],
    ['ts', '1791833400123456789', 123_456_789n],
    ['received_at', '"2026-10-12T19:30:00.000000001Z"', 1n],
    ['timestamp', '"2026-10-12T21:30:00+02:00"', 0n]
  ])('reads a time %s of %s', async (key, value, nanoseconds) => {
    const { frames } = await imported([`{"raw":${JSON.stringify(TICKER)},"${key}" : ${value}}`])
    expect(frames[0]?.receivedAt).toBe(TIME + nanoseconds)
  })

  it('gives a frame without a time the exchange’s, else that of the frame before, at the start the first there is', async () => {
    const { frames, summary } = await imported([
      '{"type":"subscribed"}',
      '{"recv_ns":null,"raw":"{\\"type\\":\\"trade\\",\\"msg\\":{\\"ts\\":1791833400}}"}',
      '{"type":"ok"}',
      '{"type":"ticker","sending_ts_ms":1791833402000,"msg":{"ts_ms":1791833401250}}',
      '{"type":"orderbook_delta","msg":{"ts":"2026-10-12T19:30:03.5Z"}}'
    ])
    expect(frames.map(({ receivedAt }) => Number(receivedAt - TIME) / 1e9)).toEqual([0, 0, 0, 2, 3.5])
    expect(summary.untimed).toBe(5)
    expect(summary.lacks).toContain('receive times of 5 frames')
  })

  it('begins a new connection where the seq of any sid falls', async () => {
    const sequences = [
      [1, 5],
      [1, 9],
      [2, 1],
      [1, 9],
      [2, 1],
      [2, 2],
      [1, 10],
      [2, 1]
    ]
    const { frames, summary } = await imported([
      ...sequences.map(([sid, seq]) => `{"type":"trade","sid":${sid},"seq":${seq},"msg":{}}`),
      '{"type":"ticker","sid":3,"msg":{}}'
    ])
    expect(frames.map(({ connection }) => connection)).toEqual([0, 0, 0, 1, 1, 1, 1, 2, 2])
    expect(summary.connections).toBe(3)
  })

  it('reads several files one after another, gzipped or not whatever their names, as one recording', async () => {
    const folder = temporaryFolder()
    const files = ['a.jsonl', 'b.jsonl'].map(name => join(folder, name))
    const long = Array.from({ length: 2000 }, (_, row) => `{"type":"ticker","row":${row},"text":"${'é'.repeat(60)}"}`)
    writeFileSync(files[0] ?? '', gzipSync(long.join('\n')))
    writeFileSync(files[1] ?? '', `${TICKER}\r\n`)
    const { frames, recording } = await importedFrom(files, true)
    expect(texts(frames)).toEqual([...long, TICKER])
    expect(recording.filtered).toBe(true)
    expect(recording.manifest?.source).toEqual({
      type: 'import',
      files,
      lacks: [
        'commands sent, pings and connection events',
        'a monotonic clock',
        'receive times finer than a millisecond',
        'receive times of 2001 frames'
      ]
    })
  })

  it('imports what there is of a file that ends too early, and marks the recording', async () => {
    const folder = temporaryFolder()
    const files = ['cut.gz', 'whole'].map(name => join(folder, name))
    const [cut = '', whole = ''] = files
    const lines = Array.from({ length: 5000 }, (_, row) => `{"type":"ticker","ts":${1_791_833_400 + row}}`)
    const zipped = gzipSync(lines.join('\n'))
    writeFileSync(cut, zipped.subarray(0, zipped.length / 2))
    writeFileSync(whole, TICKER)
    const { frames, summary, recording } = await importedFrom(files)
    const reason = `${cut} cannot be read to its end (unexpected end of file)`
    expect(frames.length).toBeGreaterThan(2000)
    expect(texts(frames)).toEqual([...lines.slice(0, frames.length - 1), TICKER])
    expect([summary.incomplete, recording.manifest?.incomplete]).toEqual([[reason], [reason]])
  })

  it('passes over a byte order mark, also where it comes in pieces', async () => {
    const { frames } = await imported([`\u{feff}${TICKER}`, `\u{feff}`])
    expect(texts(frames)).toEqual([TICKER, '\u{feff}'])
  })

  it('makes no recording of what is no capture', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'random')
    writeFileSync(file, createHash('sha256').update('').digest('hex').repeat(50).replaceAll('a', '\n'))
    await expect(importedFrom([file])).rejects.toMatchObject({ name: 'KwsError', code: 'damaged' })
    await expect(importedFrom([file])).rejects.toThrow(`no line of ${file} is a JSON object (of `)
    await expect(importedFrom([folder])).rejects.toThrow(`${folder} is a directory; name the captures in it`)
    expect(existsSync(join(folder, 'recording'))).toBe(false)
  })

  it('makes an empty recording of an empty file', async () => {
    const { summary, recording } = await imported([])
    expect(summary).toMatchObject({ frames: 0, connections: 0, incomplete: [] })
    expect(recording.manifest?.counters).toMatchObject({ frames: 0, connections: 0 })
  })

  it('makes no recording when a file is missing', async () => {
    const folder = temporaryFolder()
    await expect(importedFrom([join(folder, 'nowhere')])).rejects.toMatchObject({ code: 'not_found' })
    expect(existsSync(join(folder, 'recording'))).toBe(false)
  })

  const gold = '../shared/real/gold15m_26AUG102030-30.jsonl.gz'
  it.skipIf(!existsSync(gold))(
    `takes the real capture ${gold}, in whose middle its collector reconnected`,
    async () => {
      const directory = join(temporaryFolder(), 'recording')
      const summary = await importCaptures([gold], directory, { clock: systemClock(), version: '', filtered: true })
      expect(summary).toMatchObject({ frames: 34_334, connections: 2, forms: { raw: 34_334 }, untimed: 0 })
    }
  )
})

interface Imported {
  readonly summary: ImportSummary
  readonly recording: Recording
  readonly frames: Frame[]
}

async function imported(lines: readonly (string | Buffer)[]): Promise<Imported> {
  const file = join(temporaryFolder(), 'capture.jsonl')
  writeFileSync(file, Buffer.concat(lines.flatMap(line => [Buffer.from(line), Buffer.from('\n')])))
  return importedFrom([file])
}

/** Imports into `recording` beside the first file. */
async function importedFrom(files: readonly string[], filtered = false): Promise<Imported> {
  const directory = join(files[0] ?? '', '..', 'recording')
  const summary = await importCaptures(files, directory, { clock: systemClock(), version: '1.2.3', filtered })
  const recording = await openRecording(directory)
  return { summary, recording, frames: await framesIn(recording.batches()) }
}

function texts(frames: readonly Frame[]): string[] {
  return frames.map(({ payload }) => Buffer.from(payload).toString())
}
