import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { recordTogether } from '../merge/two-recorders.ts'
import { openRecording } from '../../src/recording/recording.ts'
import { record } from '../recording/frames.ts'
import { temporaryFolder } from '../temporary.ts'
import { linesOf, runKws, startKws } from './run-kws.ts'

interface Line {
  readonly type: string
  readonly [field: string]: unknown
}

async function twoRecordings(): Promise<readonly [string, string]> {
  const { recorded } = recordTogether(3, [{ skip: 0.2 }, { skip: 0.2 }], { steps: 60 })
  const [a = '', b = ''] = await Promise.all(recorded.map(async frames => await record([frames])))
  return [a, b]
}

function bytesIn(path: string): number {
  return readdirSync(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0)
}

/** Resolves when what is coming in now is on its way into the files for certain: the next batch may have been begun before. */
async function hasRecordedMore(path: string): Promise<void> {
  for (let batches = 0; batches < 2; batches++) {
    const before = bytesIn(path)
    while (bytesIn(path) === before) await new Promise(resolve => setTimeout(resolve, 20))
  }
}

describe('kws merge', () => {
  it('makes one recording of two recorders of a practice exchange, one of which was cut off and lost frames', async () => {
    const server = startKws(['serve', '--synthetic', '--markets-count', '6', '--rate', '300', '--port', '0', '--json'])
    const first = await Promise.race([
      new Promise<string>(resolve => server.child.stdout?.once('data', (data: Buffer) => resolve(data.toString()))),
      server.finished.then(({ stderr }) => Promise.reject(new Error(stderr)))
    ])
    const { url, rest, control } = JSON.parse(first.split('\n')[0] ?? '') as Record<'url' | 'rest' | 'control', string>
    const folder = temporaryFolder()
    const paths = ['a', 'b'].map(name => join(folder, name))
    const runs: ReturnType<typeof startKws>[] = []
    for (const path of paths) {
      const asked = ['--series', 'KXPRACHIGHNY', '--flush-interval', '200ms']
      const run = startKws(['record', '--url', url, '--rest-url', rest, ...asked, '--out', path])
      await run.said('following ')
      runs.push(run)
    }
    for (const path of paths) await hasRecordedMore(path)
    for (const [fault, told] of [
      ['skip-seq#0', 'frames are missing'],
      ['drop#0', 'connected again']
    ] as const) {
      const { ok } = await fetch(`${control}/fault`, { method: 'POST', body: JSON.stringify({ fault }) })
      expect(ok).toBe(true)
      await runs[0]?.said(told)
    }
    for (const path of paths) await hasRecordedMore(path)
    for (const { child, finished } of runs) {
      child.kill('SIGINT')
      await finished
    }
    server.child.kill('SIGINT')
    await server.finished

    const both = join(folder, 'both')
    const { code, stdout, stderr } = await runKws(['merge', ...paths, '--out', both, '--json'])
    const [report] = linesOf<Line>(stdout)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(report).toMatchObject({ type: 'merge', directory: both, open: { gaps: [], lost: [], outages: [] } })
    expect(report?.['inputs']).toMatchObject([
      { gaps: [{ connection: 0 }], outages: [{}] },
      { gaps: [], outages: [] }
    ])
    const verified = linesOf<Line>((await runKws(['verify', both, '--json'])).stdout)
    expect(verified.filter(line => line['fault'] === true)).toEqual([])
    expect(verified.length).toBeGreaterThan(0)
  }, 30_000)

  it('tells what nobody had, ends with 3 then, and writes over nothing', async () => {
    const [a, b] = await twoRecordings()
    const out = join(temporaryFolder(), 'both')
    const { code, stdout } = await runKws(['merge', a, b, '--out', out])
    expect(code).toBe(3)
    expect(stdout).toMatch(/^gap {7}2026-\S+ connection \d+ sid \d+: \d+ frames?$/m)
    expect((await runKws(['merge', a, b, '--out', out])).stderr).toMatch(/is not empty/)
    expect((await runKws(['merge', a])).code).toBe(2)
  })

  it('takes no damaged recording, and says what to do', async () => {
    const [a, b] = await twoRecordings()
    const [segment = ''] = (await openRecording(b)).segments
    const bytes = readFileSync(segment)
    bytes.fill(0xff, bytes.length / 2, bytes.length / 2 + 40)
    writeFileSync(segment, bytes)
    const out = join(temporaryFolder(), 'both')
    const { code, stderr } = await runKws(['merge', a, b, '--out', out])
    expect(code).toBe(3)
    expect(stderr).toMatch(/is damaged; kws repair \S+ first/)
    expect(existsSync(out)).toBe(false)
  })
})
