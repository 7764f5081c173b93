// One table of ratios of one run. A ratio is of processor time, medians of interleaved rounds: what else the machine
// does takes time on the wall from both sides, but not alike.
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import { corpus } from './corpus.mjs'
import { describeMachine, machine } from './machine.mjs'
import { INSTALL_PEERS, versionOfPeer } from './peers.mjs'
import { race, ROUNDS } from './race.mjs'
import { CORPORA, ROWS } from './rows.mjs'

export const RESULTS = new URL('results.md', import.meta.url)
/** Corpora are kept there, for the next run. */
const FOLDER = join(tmpdir(), 'kws-bench')

/** Measures and prints; false where a row misses its target. `write` keeps the table for `npm run bench:check`. */
export async function benchTable({ json = false, write = false } = {}) {
  const rows = await measureRows()
  const about = { machine: machine(), rounds: ROUNDS, load: loadavg()[0] }
  if (json) for (const row of rows) process.stdout.write(`${JSON.stringify({ type: 'bench', ...row, ...about })}\n`)
  else process.stdout.write(textOf(rows, about))
  if (write) await writeFile(RESULTS, markdownOf(rows, about))
  return rows.every(({ isGood }) => isGood !== false)
}

/** Rows whose peer is not installed have no ratio. */
export async function measureRows() {
  const results = []
  for (const row of ROWS) {
    const { name, peer, target, needs } = row
    if (needs !== undefined && versionOfPeer(needs) === undefined) {
      results.push({ row: name, peer, target, missing: `${needs} is not installed: ${INSTALL_PEERS}` })
      continue
    }
    process.stderr.write(`${name} / ${peer} …\n`)
    results.push({ row: name, peer, target, ...(await measure(row)) })
  }
  return results
}

async function measure({ corpus: name, files, options, isWhole = false, target }) {
  const input = { ...(await corpus(FOLDER, CORPORA[name])), ...options }
  const [ours, theirs] = [
    { name: 'kws', file: files[0], input },
    { name: 'peer', file: files[1], input }
  ]
  const times = await race([ours, theirs], { isWhole })
  const [kws, peer] = [times.get('kws'), times.get('peer')]
  const ratio = peer.cpu / kws.cpu
  return { nanoseconds: { kws, peer }, ratio, wallRatio: peer.wall / kws.wall, isGood: ratio >= target }
}

const HEADINGS = ['kws', 'against', 'ns CPU', 'ns CPU', 'ratio', 'by the wall', 'target', '']

function cellsOf({ row, peer, target, nanoseconds, ratio, wallRatio, isGood, missing }) {
  if (missing !== undefined) return [row, peer, '', '', '', '', `${target}×`, missing]
  const [ours, theirs] = [nanoseconds.kws.cpu, nanoseconds.peer.cpu].map(value => value.toFixed(0))
  return [row, peer, ours, theirs, times(ratio), times(wallRatio), `${target}×`, isGood ? 'yes' : 'MISSED']
}

function times(ratio) {
  return `${ratio.toFixed(1)}×`
}

function textOf(rows, about) {
  const lines = [HEADINGS, ...rows.map(cellsOf)]
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map(cells => cells[column].length)))
  const table = lines.map(cells =>
    cells
      .map((cell, column) => (column < 2 || column === 7 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd()
  )
  return [introductionOf(about), '', ...table, ''].join('\n')
}

function introductionOf({ machine, rounds, load }) {
  return [
    `${describeMachine(machine)}; load ${load.toFixed(1)}`,
    `CPU time a frame of all threads, kws and the other; medians of ${rounds} rounds in turns. The ratio is of CPU time.`
  ].join('\n')
}

/** What `bench-check.mjs` reads again. */
function markdownOf(rows, about) {
  const line = cells => `| ${cells.join(' | ')} |`
  return [
    '# What `kws bench` measured last',
    '',
    'Written by `kws bench --write`; `npm run bench:check` compares with it.',
    '',
    introductionOf(about),
    '',
    line(HEADINGS),
    line(HEADINGS.map((_, column) => (column < 2 ? '---' : '--:'))),
    ...rows.map(row => line(cellsOf(row))),
    ''
  ].join('\n')
}

/** The ratios of a table that was written, by row and peer. */
export function ratiosIn(markdown) {
  const ratios = new Map()
  for (const line of markdown.split('\n')) {
    const [, row, peer, , , ratio] = line.split('|').map(cell => cell.trim())
    if (ratio?.endsWith('×')) ratios.set(`${row} / ${peer}`, Number(ratio.slice(0, -1)))
  }
  return ratios
}
