import { it } from 'vitest'
import { framesOf } from '../../src/core/frame.ts'
import { Joint } from '../../src/merge/joint.ts'
import { batchesOf, NOON } from '../frames.ts'
import { recordTogether } from './two-recorders.ts'
async function* streamOf(frames: readonly any[]) { for (const b of batchesOf(frames, [7, 100, 1, 30])) yield b }
const short = (f: any) => {
  const t = Buffer.from(f.payload).toString()
  let w: any = {}
  try { w = JSON.parse(t) } catch {}
  const m = w.msg ?? {}
  return `${(Number(f.receivedAt - NOON) / 1e9).toFixed(4)} c${f.connection} ${f.monotonic === 0n ? '*' : ' '} ${f.kind[0]}${f.direction[0]} ${w.type ?? w.cmd ?? ''} sid ${w.sid} seq ${w.seq} ${m.market_ticker ?? ''} ${m.side ?? ''} ${m.price_dollars ?? ''} ${m.delta_fp ?? ''}`
}
it('debug', async () => {
  const [seed, a, b, from, to] = JSON.parse(process.env['DBG'] ?? '[]')
  const { truth, recorded } = recordTogether(seed, [a, b], { steps: 250 })
  const joint = new Joint({ base: { batches: streamOf(recorded[0]!), filtered: false }, other: { batches: streamOf(recorded[1]!), filtered: false }, window: 2_000_000_000n, firstConnection: 1000 })
  const frames: any[] = []
  for await (const batch of joint.frames()) frames.push(...framesOf(batch))
  const inRange = (f: any) => { const s = Number(f.receivedAt - NOON) / 1e9; return s >= from && s <= to }
  const isBook = (f: any) => /orderbook|open|close|url|ok|error|1006/.test(Buffer.from(f.payload).toString())
  for (const [name, list] of [['T', truth], ['A', recorded[0]!], ['B', recorded[1]!], ['M', frames]] as const) {
    console.log(name + '\n' + list.filter(inRange).filter(isBook).map(short).join('\n'))
  }
  console.log(JSON.stringify(joint.counts))
  let n = 0
  for (const f of truth) { const t = Buffer.from(f.payload).toString(); if (/"type":"(orderbook_delta|ticker|trade|market_life)/.test(t)) { if ((process.env['PL'] ?? '').split(',').includes(String(n))) console.log(n, short(f)); n++ } }
}, 20000)
