// Runs contestants in turns, so that whatever else the machine does meets all of them, each in a process of its own, so
// that none has its code compiled for another's objects or its memory cleared for another's garbage.
import { fork } from 'node:child_process'
import { once } from 'node:events'

const ROUNDS = 5

/**
 * Contestants are `{ name, file, input }`: the module `contestants/<file>.mjs`, whose `prepare(input)` gives a function
 * that does the work once and tells `{ frames, check }`, of which `check()`
 * is not counted. Returns of each the median nanoseconds a frame by the clock on
 * the wall and of processor time, in which the machine's other work is not counted.
 * Throws where two of them did different work. The first round is for the compiler and does not count.
 */
export async function race(contestants, rounds = ROUNDS) {
  const runners = contestants.map(start)
  try {
    const times = new Map(contestants.map(({ name }) => [name, { wall: [], cpu: [] }]))
    for (let round = 0; round <= rounds; round++) {
      const results = []
      for (const runner of runners) {
        const result = await runner.run()
        results.push(result)
        if (round === 0) continue
        const { wall, cpu } = times.get(runner.name)
        wall.push(result.wall / result.frames)
        cpu.push(result.cpu / result.frames)
      }
      compare(results)
    }
    return new Map([...times].map(([name, { wall, cpu }]) => [name, { wall: median(wall), cpu: median(cpu) }]))
  } finally {
    for (const runner of runners) runner.end()
  }
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}

function start({ name, file, input }) {
  const child = fork(new URL('contestant.mjs', import.meta.url), [file, JSON.stringify(input)])
  return {
    name,
    async run() {
      child.send('run')
      const [result] = await Promise.race([once(child, 'message'), once(child, 'exit')])
      if (typeof result !== 'object' || result === null) throw new Error(`${name} ended with exit code ${result}`)
      if (result.error !== undefined) throw new Error(`${name}: ${result.error}`)
      return { name, ...result }
    },
    end: () => child.kill()
  }
}

function compare([first, ...others]) {
  for (const other of others) {
    if (other.frames === first.frames && other.check === first.check) continue
    const [a, b] = [first, other].map(({ name, frames, check }) => `${name}: ${frames} frames, ${check}`)
    throw new Error(`not the same work: ${a}; ${b}`)
  }
}
