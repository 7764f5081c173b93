// Measures the ratios again and compares them with those of the last table that was written. Not part of the tests:
// it takes minutes, and ratios of memory-bound work move by a tenth or two with what else the machine does.
import { readFileSync } from 'node:fs'
import { measureRows, ratiosIn, RESULTS } from './table.mjs'

/** A ratio that has fallen to less than this share of what it was is told. */
const TOLERANCE = 0.75

const known = ratiosIn(readFileSync(RESULTS, 'utf8'))
let fallen = 0
for (const { row, peer, ratio, missing } of await measureRows()) {
  const before = known.get(`${row} / ${peer}`)
  if (missing !== undefined || before === undefined) {
    process.stdout.write(`-       ${row} / ${peer}: ${missing ?? 'not in the table'}\n`)
    continue
  }
  const isFallen = ratio < before * TOLERANCE
  if (isFallen) fallen++
  process.stdout.write(
    `${isFallen ? 'FALLEN' : 'ok    '}  ${row} / ${peer}: ${ratio.toFixed(1)}×, was ${before.toFixed(1)}×\n`
  )
}
process.exitCode = fallen === 0 ? 0 : 1
