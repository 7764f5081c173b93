import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { record } from '../recording/frames.ts'
import { recordTogether } from '../merge/two-recorders.ts'
import { temporaryFolder } from '../temporary.ts'
import { linesOf, runKws, startKws } from './run-kws.ts'

interface Line {
  readonly type: string
  readonly [key: string]: unknown
}

describe('kws merge', () => {
  it('makes one whole recording of two recorders of a practice exchange, each with frames lost', async () => {
    const faults = ['skip-seq@3s#0', 'skip-seq@4s#0', 'skip-seq@3500ms#1'].flatMap(fault => ['--fault', fault])
    const server = startKws(['serve', '--synthetic', '--markets-count', '8', '--rate', '500', '--json', ...faults])
    const first = await new Promise<string>(resolve => {
      server.child.stdout?.once('data', (data: Buffer) => resolve(data.toString()))
    })
    const { url, rest } = JSON.parse(first.split('\n')[0] ?? '') as { url: string; rest: string }
    const folder = temporaryFolder()
    const paths = ['a', 'b'].map(name => join(folder, name))
    const runs: ReturnType<typeof startKws>[] = []
    for (const path of paths) {
      const series = ['--series', 'KXPRACRATE', '--duration', '6s']
      const run = startKws(['record', '--url', url, '--rest-url', rest, ...series, '--out', path])
      await run.said('recording ')
      runs.push(run)
    }
    for (const run of runs) expect((await run.finished).code).toBe(0)
    server.child.kill('SIGINT')
    await server.finished

    const both = join(folder, 'both')
    const { code, stdout, stderr } = await runKws(['merge', ...paths, '--out', both, '--json'])
    const [report] = linesOf<Line>(stdout)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(report).toMatchObject({ type: 'merge', open: { gaps: [], lost: [], outages: [] } })
    const [a] = report?.['inputs'] as { gaps: unknown[] }[]
    expect(a?.gaps.length).toBeGreaterThan(0)
    const verified = linesOf<Line>((await runKws(['verify', both, '--json'])).stdout)
    const faulty = verified.filter(line => line['fault'] === true)
    expect(faulty).toEqual([])
  }, 30_000)

  it('tells what nobody had, ends with 3 then, and takes no damaged or single recording', async () => {
    const { recorded } = recordTogether(3, [{ skip: 0.2 }, { skip: 0.2 }], { steps: 60 })
    const [a = '', b = ''] = await Promise.all(recorded.map(async frames => await record([frames])))
    const out = join(temporaryFolder(), 'both')
    const { code, stdout } = await runKws(['merge', a, b, '--out', out])
    expect(code).toBe(3)
    expect(stdout).toMatch(/^gap {7}2026-\S+ connection \d+ sid \d+: \d+ frames?$/m)
    expect((await runKws(['merge', a, b, '--out', out])).stderr).toMatch(/is not empty/)
    expect((await runKws(['merge', a])).code).toBe(2)
  })
})
