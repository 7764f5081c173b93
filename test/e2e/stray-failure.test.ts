import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import type { FrameKind } from '../../src/core/frame.ts'
import { framesOf } from '../../src/core/frame.ts'
import { PracticeExchange } from '../../src/exchange/practice-exchange.ts'
import { openRecording } from '../../src/recording/recording.ts'
import type { SegmentFault } from '../../src/recording/segment-fault.ts'
import { temporaryFolder } from '../temporary.ts'
import type { Outcome, Run } from './run-kws.ts'
import { startKws } from './run-kws.ts'

/** Scans live and records while a scanner of the user's does its worst; what is left of the recording. */
async function scanAndRecord(
  scanner: string,
  flags: readonly string[],
  meanwhile: (run: Run) => Promise<void> = async () => {}
): Promise<{ readonly outcome: Outcome; readonly recording: string }> {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'scanner.js'), `export default () => ({ name: 'mine', channels: ['ticker'], ${scanner} })`)
  const recording = join(folder, 'r')
  const run = startKws(['scan', './scanner.js', '--live', '--url', exchange.url, '--record', recording, ...flags], {
    cwd: folder
  })
  await meanwhile(run)
  return { outcome: await run.finished, recording }
}

/** A recording that ended in good order: sealed, and with the connection's end in it. */
async function expectWhole(path: string): Promise<void> {
  expect(readdirSync(path)).not.toContain('.ballast')
  const kinds: FrameKind[] = []
  const faults: SegmentFault[] = []
  const recording = await openRecording(path)
  for await (const batch of recording.batches(fault => faults.push(fault))) {
    kinds.push(...framesOf(batch).map(frame => frame.kind))
  }
  expect({ faults, first: kinds[0], last: kinds.at(-1) }).toEqual({ faults: [], first: 'open', last: 'close' })
}

let exchange: PracticeExchange

beforeAll(async () => {
  exchange = await PracticeExchange.start({ clock: systemClock(), markets: 12, rate: 1500 })
  return () => exchange.close()
})

describe('a recording ends in good order when', () => {
  it.each([
    [
      'a timer of a scanner throws',
      "onMessage(_, { emit }) { setTimeout(emit, 300, { market: 'A', kind: 'k', values: {} }) }",
      /emit was called after onMessage or onTimer had returned/
    ],
    ['a scanner lets a promise fall', "onMessage() { Promise.reject(new Error('fallen')) }", /fallen/]
  ])('%s', async (_, scanner, reason) => {
    const { outcome, recording } = await scanAndRecord(scanner, ['--json', '--log-level', 'error'])
    expect(outcome).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^kws: a scanner failed .*\n$/)
    })
    expect(outcome.stderr).toMatch(reason)
    await expectWhole(recording)
  })

  it('a ranking is malformed', async () => {
    const scanner = "rank: () => ({ columns: ['market'], rows: [[null]] })"
    const { outcome, recording } = await scanAndRecord(scanner, ['--duration', '500ms'])
    expect(outcome).toMatchObject({ code: 0, stderr: expect.stringMatching(/scanner mine threw .*there is null/) })
    await expectWhole(recording)
  })

  it('whoever read the signals has seen enough; nobody asks for rankings then', async () => {
    const scanner = "onMessage(_, { emit }) { emit({ market: 'A', kind: 'k', values: {} }) }, rank() { throw 'asked' }"
    const { outcome, recording } = await scanAndRecord(scanner, ['--json'], async ({ child }) => {
      await new Promise(seen => child.stdout?.once('data', seen))
      child.stdout?.destroy()
    })
    expect(outcome).toMatchObject({ code: 0, stderr: expect.not.stringMatching(/kws:|asked/) })
    await expectWhole(recording)
  })
})
