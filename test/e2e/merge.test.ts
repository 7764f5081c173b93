import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { record } from '../recording/frames.ts'
import { recordTogether } from '../merge/two-recorders.ts'
import { temporaryFolder } from '../temporary.ts'
import { runKws } from './run-kws.ts'

describe('kws merge', () => {
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
