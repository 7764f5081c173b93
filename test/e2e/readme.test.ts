import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../temporary.ts'
import { linesOf, runKws } from './run-kws.ts'

const README = readFileSync('README.md', 'utf8')
const SAMPLE = resolve('recordings/sample')

describe('README', () => {
  it('has an own scanner that runs as it stands there, on the sample, from any folder', async () => {
    const scanner = /```ts\n([\s\S]*?)```/.exec(README)?.[1] ?? ''
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'big-trades.ts'), scanner)
    const args = ['replay', SAMPLE, '--scanner', './big-trades.ts', '--json', '--log-level', 'warn']
    const { code, stdout, stderr } = await runKws(args, { cwd: folder })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const signals = linesOf<{ kind: string; values: { count: string; bid: string; ask: string } }>(stdout)
    expect(signals.length).toBeGreaterThan(0)
    for (const { kind, values } of signals) {
      expect(kind).toBe('big-trade')
      expect(Number(values.count)).toBeGreaterThanOrEqual(300)
      expect(Number(values.bid)).toBeLessThan(Number(values.ask))
    }
  })

  it('shows a signal that the sample really gives', async () => {
    const shown = /```json\n(.*)\n```/.exec(README)?.[1]
    const { stdout } = await runKws(['replay', SAMPLE, '--scanner', 'movers,opportunities', '--json'])
    expect(stdout.split('\n')).toContain(shown)
  })

  it('names every dependency in its table', () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      dependencies: Record<string, string>
    }
    for (const name of Object.keys(dependencies)) expect(README).toContain(`| \`${name}\` |`)
  })
})
