import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { practiceFrames } from '../audit/practice-frames.ts'
import { record } from '../recording/frames.ts'
import { linesOf, runKws } from './run-kws.ts'

const frames = practiceFrames({ steps: 400, markets: 8 })
const SCAN = ['--scanner', 'movers,opportunities', '--min-change', '0.01', '--json']

describe('kws index and replay', () => {
  it('make a cache that changes nothing but the time', async () => {
    const path = await record([frames])
    const raw = await runKws(['replay', path, '--no-cache', ...SCAN])
    expect(raw.stdout.length).toBeGreaterThan(0)
    expect(existsSync(join(path, 'decoded'))).toBe(false)
    const indexed = await runKws(['index', path, '--json'])
    expect(indexed.code).toBe(0)
    expect(linesOf(indexed.stdout)).toMatchObject([{ type: 'index', segments: 1, cacheable: 1, cached: 1 }])
    const cached = await runKws(['replay', path, '--log-level', 'debug', ...SCAN])
    expect(cached.stdout).toBe(raw.stdout)
    expect(cached.stderr).not.toContain('cache of')
    const verified = await runKws(['verify', path])
    expect(verified.code).toBe(0)
  })

  it('say how many frames of other markets were left out', async () => {
    const path = await record([frames])
    const [ticker = ''] = /KX[\w.-]+/.exec(frames.map(({ payload }) => Buffer.from(payload).toString()).join()) ?? []
    const args = ['replay', path, '--markets', ticker, ...SCAN]
    const raw = await runKws([...args, '--no-cache'])
    const thinned = await runKws(args)
    expect(thinned.stdout).toBe(raw.stdout)
    expect(raw.stderr).not.toContain('left out')
    expect(thinned.stderr).toMatch(/frames \d+ in .* s, \d+ frames of other markets left out/)
  })

  it('index says why there is no cache, and ends with 1', async () => {
    const path = await record([frames.slice(0, 100)])
    writeFileSync(join(path, 'decoded'), 'in the way')
    const { code, stderr } = await runKws(['index', path])
    expect(code).toBe(1)
    expect(stderr).toContain('gets no cache')
  })
})
