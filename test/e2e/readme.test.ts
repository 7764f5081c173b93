import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startExchange } from '../exchange/practice-client.ts'
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

  it('has a program that runs as it stands there, but for the port', async () => {
    const exchange = await startExchange()
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'node_modules'))
    symlinkSync(resolve('.'), join(folder, 'node_modules', 'kws'))
    const program = /```ts\n(import [^`]*KalshiWebSocket[\s\S]*?)```/.exec(README)?.[1] ?? ''
    writeFileSync(join(folder, 'program.mjs'), program.replace('8080', String(exchange.port)))
    const [market = ''] = exchange.tickers()
    const child = spawn(process.execPath, ['program.mjs', market], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit']
    })
    const exited = once(child, 'exit')
    const [output] = (await once(child.stdout, 'data')) as [Buffer]
    expect(output.toString().split('\n')[0]).toMatch(new RegExp(`^${market} 0\\.\\d{4} [01]\\.\\d{4}$`))
    child.kill('SIGINT')
    expect(await exited).toEqual([0, null])
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
