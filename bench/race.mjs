// Runs contestants in turns, so that whatever else the machine does meets all of them, each in a process of its own, so
// that none has its code compiled for another's objects or its memory cleared for another's garbage.
import { fork } from 'node:child_process'
import { once } from 'node:events'

export const ROUNDS = 5

/**
 * Contestants are `{ name, file, input }`: the module `contestants/<file>.mjs`, whose `prepare(input)` gives a function
 * that does the work once and tells `{ frames, check }`, of which `check()` is not counted. Returns of each, by name,
 * the medians of `wall`, nanoseconds a frame by the clock on the wall, and of `cpu`, the same of processor time of all
 * threads, in which the machine's other work is not counted; and `peakBytes`, what its process held at most. Throws where two of them did different work; one that
 * cannot come to the same books tells no check, and its file says why.
 *
 * They are warm, a process of each does all its rounds and one more before them for the compiler; or, with `isWhole`,
 * cold: each round is a process of its own, and its start counts.
 */
export async function race(contestants, { rounds = ROUNDS, isWhole = false } = {}) {
  const runners = contestants.map(contestant => (isWhole ? coldRunner(contestant) : warmRunner(contestant)))
  const times = new Map(contestants.map(({ name }) => [name, { wall: [], cpu: [], peakBytes: [] }]))
  try {
    if (!isWhole) await round(runners)
    for (let count = 0; count < rounds; count++) {
      for (const { name, wall, cpu, frames, peakBytes } of await round(runners)) {
        const figures = times.get(name)
        figures.wall.push(wall / frames)
        figures.cpu.push(cpu / frames)
        figures.peakBytes.push(peakBytes)
      }
    }
  } finally {
    for (const runner of runners) runner.end()
  }
  return new Map(
    [...times].map(([name, figures]) => [
      name,
      Object.fromEntries(Object.entries(figures).map(([figure, values]) => [figure, median(values)]))
    ])
  )
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}

async function round(runners) {
  const results = []
  for (const runner of runners) results.push(await runner.run())
  compare(results)
  return results
}

function warmRunner(contestant) {
  const child = start(contestant)
  return { run: () => runOnce(contestant, child), end: () => child.kill() }
}

function coldRunner(contestant) {
  return {
    async run() {
      const child = start(contestant, 'whole')
      const result = await runOnce(contestant, child)
      child.kill()
      await once(child, 'exit')
      return result
    },
    end: () => undefined
  }
}

function start({ file, input }, ...how) {
  return fork(new URL('contestant.mjs', import.meta.url), [file, JSON.stringify(input), ...how])
}

async function runOnce({ name }, child) {
  child.send('run')
  const [result] = await Promise.race([once(child, 'message'), once(child, 'exit')])
  if (typeof result !== 'object' || result === null) throw new Error(`${name} ended with exit code ${result}`)
  if (result.error !== undefined) throw new Error(`${name}: ${result.error}`)
  return { name, ...result }
}

function compare([first, ...others]) {
  for (const other of others) {
    if (other.frames === first.frames && (other.check ?? first.check) === (first.check ?? other.check)) continue
    const [a, b] = [first, other].map(({ name, frames, check }) => `${name}: ${frames} frames, ${check}`)
    throw new Error(`not the same work: ${a}; ${b}`)
  }
}
