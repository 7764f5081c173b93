import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { corpus } from './corpus.mjs'
import { race } from './race.mjs'
const made = await corpus(join(tmpdir(), 'kws-bench'), { markets: 3000, frames: 500_000, lines: true })
const files = (process.argv[2] ?? 'jsonl-zod,raw-replay').split(',')
for (const scanners of process.argv[3] === 'both' ? [false, true] : [false]) {
  const input = { ...made, scanners }
  const times = await race(
    files.map(file => ({ name: file, file, input })),
    Number(process.argv[4] ?? 5)
  )
  const base = times.get(files[0])
  for (const [name, t] of times)
    console.log(
      scanners,
      name,
      t.wall.toFixed(0),
      t.cpu.toFixed(0),
      (base.wall / t.wall).toFixed(1),
      (base.cpu / t.cpu).toFixed(1)
    )
}
