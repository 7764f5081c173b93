import { describe, expect, it } from 'vitest'
import { batchOf } from '../../src/core/frame-batch-builder.ts'
import { Pipeline } from '../../src/pipeline.ts'
import type { Market } from '../../src/market/market.ts'
import type { Message } from '../../src/protocol/messages.ts'
import { isolated } from '../../src/scan/isolated.ts'
import type { Scanner } from '../../src/scan/scanner.ts'
import { BookWire, pingFrame, textFrame, tickerFrame } from '../frames.ts'

/** Overwrites whatever it can reach from a message. */
function vandalise(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    vandalise(inner)
    Object.assign(value, { [key]: 'spoilt' })
  }
}

const vandal: Scanner = { name: 'vandal', channels: [], onMessage: message => vandalise(message) }

const wire = new BookWire('KXTEST-A')
const frames = [
  textFrame(wire.snapshot([['0.4000', '10.00']], [['0.5000', '7.00']]), 0),
  textFrame({ ...wire.delta('yes', '0.4100', '5.00'), flavour: 'sweet' }, 1),
  textFrame(tickerFrame('KXTEST-A', '0.4000', '0.5000'), 2),
  textFrame({ type: 'ok', id: 1, msg: [{ channel: 'ticker', sid: 2 }] }, 3),
  pingFrame(4)
]

async function seenBehind(first: Scanner): Promise<Message[]> {
  const seen: Message[] = []
  const witness: Scanner = { name: 'witness', channels: [], onMessage: message => void seen.push(message) }
  await new Pipeline({ scanners: [first, witness], sinks: [] }).accept(batchOf(frames))
  return seen
}

describe('an isolated scanner', () => {
  it('cannot spoil what the next scanner sees, whatever the message', async () => {
    const idle: Scanner = { name: 'idle', channels: [] }
    const unspoilt = await seenBehind(idle)
    expect(await seenBehind(vandal)).not.toEqual(unspoilt)
    expect(await seenBehind(isolated(vandal))).toEqual(unspoilt)
  })

  it('keeps its object: callbacks of a class find its fields', async () => {
    class Counter implements Scanner {
      readonly name = 'counter'
      readonly channels = []
      #messages = 0
      #forgotten = 0
      onMessage(): void {
        this.#messages++
      }
      onForgotten(markets: readonly Market[]): void {
        this.#forgotten += markets.length
      }
      rank() {
        return { columns: ['messages', 'forgotten'], rows: [[String(this.#messages), String(this.#forgotten)]] }
      }
    }
    const pipeline = new Pipeline({ scanners: [isolated(new Counter())], sinks: [], maxMarkets: 1 })
    await pipeline.accept(batchOf([...frames, textFrame(tickerFrame('KXTEST-B', '0.4000', '0.5000'), 5)]))
    expect(pipeline.rank(1)[0]?.table.rows).toEqual([[String(frames.length + 1), '1']])
  })
})
