import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { FaultyRun, delta, range } from './faulty-run.ts'
import { settle } from './manual-clock.ts'

/** The seqs of the frames that were skipped, by connection. */
function skipped(run: FaultyRun, connection: number): (number | undefined)[] {
  return run.log.filter(entry => entry.connection === connection).map(({ seq }) => seq)
}

test('once after connecting is once on each connection', async () => {
  const run = new FaultyRun(['malformed@5s'])
  run.connect()
  await run.clock.advance(3_000)
  run.connect()
  await run.clock.advance(60_000)
  expect(run.log.map(({ connection, time }) => [connection, time.slice(17, 19)])).toEqual([
    [0, '05'],
    [1, '08']
  ])
})

test('once after the start is once on whoever is connected then', async () => {
  const run = new FaultyRun(['malformed@start+5s'])
  run.connect()
  await run.clock.advance(3_000)
  run.connect()
  await run.clock.advance(3_000)
  run.connect()
  await run.clock.advance(60_000)
  expect(run.log.map(({ connection, time }) => [connection, time.slice(17, 19)])).toEqual([
    [0, '05'],
    [1, '05']
  ])
})

test('every so often ends with the connection', async () => {
  const run = new FaultyRun(['malformed every 10s'])
  const { disconnect } = run.connect()
  await run.clock.advance(35_000)
  disconnect()
  await run.clock.advance(60_000)
  expect(run.log).toHaveLength(3)
})

test('a fault of one connection leaves the others alone', () => {
  const run = new FaultyRun(['skip-seq#1'])
  const connections = range(0, 2).map(() => run.connect())
  for (const { link } of connections) link.send(delta(1, 1))
  expect(connections.map(({ sent }) => sent.length)).toEqual([1, 0, 1])
})

test('what is injected without a time is done at once, on the connections that there are', () => {
  const run = new FaultyRun([])
  const before = run.connect()
  run.inject('close=1011')
  const after = run.connect()
  expect([before.sent, after.sent]).toEqual([['close 1011'], []])
})

test('what is injected with a time is done on later connections too', async () => {
  const run = new FaultyRun([])
  const before = run.connect()
  await run.clock.advance(60_000)
  run.inject('close=1011@5s')
  await run.clock.advance(1_000)
  const after = run.connect()
  await run.clock.advance(4_000)
  expect([before.sent, after.sent]).toEqual([['close 1011'], []])
  await run.clock.advance(1_000)
  expect(after.sent).toEqual(['close 1011'])
})

test('a probability holds for the frames that the fault can be done to', () => {
  const run = new FaultyRun(['skip-seq:0.1'])
  const { link } = run.connect()
  for (const seq of range(1, 10_000)) link.send(delta(1, seq))
  expect(Math.abs(run.log.length - 1_000)).toBeLessThan(150)
})

test('the same seed lets the same frames of a connection go wrong, whatever happens on others', async () => {
  await fc.assert(
    fc.asyncProperty(fc.maxSafeInteger(), fc.array(fc.nat(2), { minLength: 50 }), async (seed, order) => {
      const faults = ['skip-seq:0.3', 'cut:0.3']
      const [mixed, alone] = [new FaultyRun(faults, seed), new FaultyRun(faults, seed)]
      for (const run of [mixed, alone]) {
        const connections = range(0, 2).map(() => run.connect())
        const turns = run === mixed ? order : order.filter(connection => connection === 1)
        const seqs = [0, 0, 0]
        for (const turn of turns) connections[turn]?.link.send(delta(1, (seqs[turn] = (seqs[turn] ?? 0) + 1)))
        await settle()
      }
      expect(skipped(mixed, 1)).toEqual(skipped(alone, 1))
    }),
    { numRuns: 30 }
  )
})

test('the connections of a run do not go wrong alike', () => {
  const run = new FaultyRun(['skip-seq:0.5'])
  const connections = range(0, 1).map(() => run.connect())
  for (const seq of range(1, 100)) for (const { link } of connections) link.send(delta(1, seq))
  expect(skipped(run, 0)).not.toEqual(skipped(run, 1))
})
