import { readFileSync } from 'node:fs'
import { CompressionType, setCompressionCodec, tableFromIPC as flechetteTable } from '@uwdata/flechette'
import polars from 'nodejs-polars'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.ts'
import { COMPRESSIONS } from '../../src/recording/body-encoder.ts'
import { openRecording } from '../../src/recording/recording.ts'
import { wasmZstd } from '../../src/recording/zstd.ts'
import { frame, record, START } from './frames.ts'

const FRAMES: Frame[] = [
  frame({ payload: '{"type":"subscribed"}', direction: 'sent', connection: 3 }),
  frame({ at: 1.000000001, payload: Uint8Array.of(0xff, 0), kind: 'binary', monotonic: 5n }),
  ...Array.from({ length: 300 }, (_, row) => frame({ at: 2 + row, payload: `{"€":${row}}\n` }))
]
const TEXTS = FRAMES.map(({ kind, payload }) => (kind === 'binary' ? null : Buffer.from(payload).toString()))
const KINDS = FRAMES.map(({ kind }) => kind)

/** Readers that share no code with this one, nor with each other. */
describe.each(COMPRESSIONS)('a sealed segment with compression %s', compression => {
  async function segment(): Promise<Buffer> {
    const path = await record([FRAMES.slice(0, 2), FRAMES.slice(2)], { compression })
    return readFileSync((await openRecording(path)).segments[0] ?? '')
  }

  it('is opened by Polars', async () => {
    const table = polars.readIPC(await segment())
    expect(table.shape).toEqual({ height: FRAMES.length, width: 7 })
    expect(table.getColumn('payload').toArray()).toEqual(TEXTS)
    expect(table.getColumn('kind').toArray()).toEqual(KINDS)
    expect(table.getColumn('connection').toArray()[0]).toBe(3)
    // As a double, which holds the nanoseconds that are even multiples of 256.
    const times = table.select(polars.col('received_at').cast(polars.Int64)).getColumn('received_at').toArray()
    expect(times[2]).toBe(Number(START) + 2e9)
  })

  it('is opened by flechette, as a file and as the stream behind its magic', async () => {
    const bytes = await segment()
    for (const part of [bytes, bytes.subarray(8)]) {
      const table = flechetteTable(Uint8Array.from(part), { useBigInt: true })
      expect(table.getChild('payload').toArray()).toEqual(TEXTS)
      expect([...table.getChild('kind')]).toEqual(KINDS)
      expect(table.getChild('payload_bytes').at(1)).toEqual(Uint8Array.of(0xff, 0))
      expect([...table.getChild('monotonic')].slice(0, 2)).toEqual([0n, 5n])
      expect(table.getChild('received_at').at(1)).toBe(Number(START + 1_000_000_001n) / 1e6)
    }
  })
})

beforeAll(async () => {
  const zstd = await wasmZstd()
  setCompressionCodec(CompressionType.ZSTD, { encode: data => data, decode: data => zstd.decompress(data, 0) })
})
