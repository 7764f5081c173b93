// Raw replay against the obvious way, both in process and warm: the same frames to the same books and signals.
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { corpus } from './corpus.mjs'
import { race } from './race.mjs'

const made = await corpus(join(tmpdir(), 'kws-bench'), { markets: 3000, frames: 500_000, lines: true })
for (const scanners of [false, true]) {
  const input = { ...made, scanners }
  const times = await race([
    { name: 'jsonl', file: 'jsonl-zod', input },
    { name: 'raw', file: 'raw-replay', input }
  ])
  const [jsonl, raw] = [times.get('jsonl'), times.get('raw')]
  process.stdout.write(
    `${scanners ? 'with' : 'without'} scanners: ${jsonl.toFixed(0)} and ${raw.toFixed(0)} ns/frame, ${(jsonl / raw).toFixed(1)} times\n`
  )
}
