import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { BUILT_IN_SCANNERS } from '../../src/scan/registry.ts'
import { temporaryFolder } from '../temporary.ts'
import { linesOf, runKws } from './run-kws.ts'

const DOC = readFileSync('docs/scanners.md', 'utf8')
const SAMPLE = resolve('recordings/sample')

function blocksOf(language: string): string[] {
  return [...DOC.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, name, text = '']) =>
    name === language ? [text] : []
  )
}

describe('docs/scanners.md', () => {
  it('leads from a new scanner over a change to a difference', async () => {
    const cwd = temporaryFolder()
    const [commands = '', replay = '', diff = ''] = blocksOf('')
    expect(commands).toBe('kws new-scanner my-idea\nkws replay recordings/sample --scanner ./my-idea.ts\n')
    expect(replay).toContain('--scanner ./my-idea.ts --json > before.ndjson')
    expect(diff).toContain('| kws diff before.ndjson -')

    expect(await runKws(['new-scanner', 'my-idea'], { cwd })).toMatchObject({ code: 0, stderr: '' })
    const written = readFileSync(join(cwd, 'my-idea.ts'), 'utf8')
    const before = join(cwd, 'before.ndjson')
    const args = ['replay', SAMPLE, '--scanner', './my-idea.ts', '--json']
    const [shown] = await Promise.all([runKws(args.slice(0, -1), { cwd }), runKws(args, { cwd, stdout: before })])
    expect(shown).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^my-idea\nmarket +spread\n/) })
    expect(linesOf(readFileSync(before, 'utf8')).length).toBeGreaterThan(5)

    writeFileSync(join(cwd, 'my-idea.ts'), written.replace("'spread-closed'", "'tight'"))
    await runKws(args, { cwd, stdout: join(cwd, 'after.ndjson') })
    const [different, equal, again] = await Promise.all([
      runKws(['diff', 'before.ndjson', 'after.ndjson'], { cwd }),
      runKws(['diff', 'before.ndjson', 'before.ndjson', '--json'], { cwd }),
      runKws(['new-scanner', 'my-idea'], { cwd })
    ])
    expect(different.stdout).toMatch(/^different at line 1: kind\n< .*"spread-closed".*\n> .*"tight".*\n$/)
    expect(different.code).toBe(3)
    expect(linesOf(equal.stdout)).toEqual([{ type: 'diff', equal: true, equalLines: expect.any(Number) }])
    expect(equal.code).toBe(0)
    expect(again).toMatchObject({ code: 1, stderr: expect.stringMatching(/my-idea\.ts: it is there already/) })
    expect(readFileSync(join(cwd, 'my-idea.ts'), 'utf8')).toContain("'tight'")
  })

  it('has a backtest that runs as it stands there, with the result and the signal that it shows', async () => {
    const cwd = temporaryFolder()
    const [example = ''] = blocksOf('ts')
    writeFileSync(join(cwd, 'follow.ts'), example)
    const args = ['replay', SAMPLE, '--scanner', './follow.ts']
    const [{ code, stdout, stderr }, signals] = await Promise.all([
      runKws(args, { cwd }),
      runKws([...args, '--json'], { cwd })
    ])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const result = blocksOf('').find(block => block.startsWith('follow\n')) ?? 'none'
    expect(stdout.startsWith(result)).toBe(true)
    expect(signals.stdout.split('\n')).toContain(blocksOf('json')[0]?.trim())
  })

  it('tells of every built-in scanner', () => {
    for (const name of Object.keys(BUILT_IN_SCANNERS)) expect(DOC).toContain(`\n### ${name}\n`)
  })
})
