import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { linesOf, runKws } from './run-kws.ts'

const SAMPLE = resolve('recordings/sample')
const REPLAY = ['replay', SAMPLE, '--scanner', 'movers,opportunities']

interface Line {
  readonly type?: string
  readonly time: string
  readonly at?: string
  readonly scanner: string
  readonly horizon?: string
  readonly signals?: number
  readonly horizons?: readonly { readonly horizon: string; readonly reached: number; readonly missing: number }[]
}

describe('kws replay --outcomes', () => {
  it('tells the same signals, and after each what became of it, with a summary of each scanner at the end', async () => {
    const [plain, told] = await Promise.all([
      runKws([...REPLAY, '--json']),
      runKws([...REPLAY, '--json', '--outcomes', 'settle,3s,1s'])
    ])
    expect([plain.code, told.code]).toEqual([0, 0])
    const lines = linesOf<Line>(told.stdout)
    const signals = told.stdout.split('\n').filter(line => !line.startsWith('{"type":"outcome'))
    expect(signals.join('\n')).toBe(plain.stdout)
    const end = Date.parse('2026-11-24T08:41:00.681Z')
    const isReached = ({ time }: Line, seconds: number) => Date.parse(time) + seconds * 1000 <= end
    const found = linesOf<Line>(plain.stdout)
    const outcomes = lines.filter(({ type }) => type === 'outcome')
    for (const seconds of [1, 3]) {
      const reached = outcomes.filter(({ horizon }) => horizon === `${seconds}s`)
      expect(reached.map(({ time }) => time)).toEqual(
        found.filter(one => isReached(one, seconds)).map(({ time }) => time)
      )
      for (const { at = '', time } of reached)
        expect(Date.parse(at)).toBeGreaterThanOrEqual(Date.parse(time) + seconds * 1000)
    }
    // Time runs forwards through signals and outcomes alike.
    const times = lines.slice(0, -2).map(({ time, at }) => at ?? time)
    expect(times).toEqual(times.toSorted())
    const summaries = lines.slice(-2)
    expect(summaries.map(({ type, scanner }) => [type, scanner])).toEqual([
      ['outcome_summary', 'movers'],
      ['outcome_summary', 'opportunities']
    ])
    for (const { scanner, signals, horizons } of summaries) {
      expect(signals).toBe(found.filter(one => one.scanner === scanner).length)
      expect(horizons?.map(({ horizon, reached, missing }) => ({ horizon, reached, missing }))).toEqual(
        ['1s', '3s', 'settle'].map(horizon => ({
          horizon,
          reached: outcomes.filter(one => one.scanner === scanner && one.horizon === horizon).length,
          missing: 0
        }))
      )
    }
  })

  it('prints a table for people, and refuses what is no time after a signal', async () => {
    const [table, small, refused] = await Promise.all([
      runKws([...REPLAY, '--outcomes', '1s']),
      runKws([...REPLAY, '--max-markets', '3', '--multivariate']),
      runKws([...REPLAY, '--outcomes', '1s,soon'])
    ])
    expect(table.code).toBe(0)
    expect(table.stdout).toMatch(/^outcomes\nscanner +horizon +reached +measured +hits/m)
    expect(table.stdout).toMatch(/^movers +1s +\d+ +\d+ +[\d.]+% /m)
    expect(small.stderr).toMatch(/idle markets had to be forgotten; --max-markets allows for more/)
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain('such as 90s, 10m or 2h')
  })
})
