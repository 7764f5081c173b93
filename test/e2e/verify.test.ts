import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { practiceFrames, rewritten, wireOf } from '../audit/practice-frames.ts'
import { record } from '../recording/frames.ts'
import { temporaryFolder } from '../temporary.ts'
import { linesOf, runKws } from './run-kws.ts'

interface Line {
  readonly type: string
  readonly recording: string
  readonly [key: string]: unknown
}

const FRAMES = practiceFrames({ steps: 80, snapshotsEvery: 30, markets: 3 })

/** One level of one delta is a contract too large. */
function withWrongDelta(): typeof FRAMES {
  const at = FRAMES.findIndex(frame => wireOf(frame).type === 'orderbook_delta')
  return FRAMES.map((frame, index) => (index === at ? rewritten(frame, addContract) : frame))
}

function addContract(text: string): string {
  return text.replace(
    /"delta_fp":"(-?\d+\.\d+)"/,
    (_, count: string) => `"delta_fp":"${(Number(count) + 1).toFixed(2)}"`
  )
}

describe('kws verify', () => {
  it('ends with 0 where all is well, and says what was proved', async () => {
    const { code, stdout, stderr } = await runKws(['verify', await record([FRAMES])])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^snapshots {2}\d+, (\d+) compared with the book: \1 agreed, 0 did not, 0 cleared it$/m)
    expect(stdout).toMatch(/^books {6}3 markets: of their time 9\d\.\d % verified, \d\.\d % unverified, 0\.0 % lost/m)
    expect(stdout).toMatch(/^findings {3}no faults$/m)
  })

  it('takes the newest recording if none is named, and several', async () => {
    const folder = temporaryFolder()
    cpSync('recordings/sample', join(folder, 'sample'), { recursive: true })
    const newest = await runKws(['verify', '--dir', folder])
    expect(newest).toMatchObject({ code: 0, stdout: expect.stringMatching(/^recording {2}\S*sample$/m) })
    const two = await runKws(['verify', await record([FRAMES]), await record([withWrongDelta()])])
    expect(two.code).toBe(3)
    expect(two.stdout.match(/^recording /gm)).toHaveLength(2)
  })

  it('names the frame and level that is wrong, ends with 3, and shows the spans of chosen markets', async () => {
    const recording = await record([withWrongDelta()])
    const { code, stdout } = await runKws(['verify', recording])
    expect(code).toBe(3)
    const line =
      /^fault {2}book mismatch {2}frame \d+ 2026-\S+Z connection 0 sid 1 (\S+): (yes|no) 0\.\d{4}: the book has \d+\.\d\d, the snapshot \d+\.\d\d; 1 level wrong, folded since the snapshot in frame \d+$/m
    const market = line.exec(stdout)?.[1] ?? ''
    expect(market).toMatch(/^KX/)
    const chosen = await runKws(['verify', recording, '--markets', market])
    expect(chosen.stdout).toMatch(line)
    expect(chosen.stdout).toMatch(
      new RegExp(`^span {3}unverified {2}${market} {2}2026-\\S+ to 2026-\\S+, \\d+\\.\\d+ s$`, 'm')
    )
    const other = await runKws(['verify', recording, '--markets', 'KXNONE'])
    expect(other.code).toBe(3)
    expect(other.stdout).not.toMatch(line)
    expect(other.stderr).toMatch(/warn \S+ has no order book of KXNONE$/m)
    expect(other.stdout).toMatch(/^findings {3}1 fault/m)
  })

  it('writes findings, spans, fields and a summary as JSON lines', async () => {
    const recording = await record([withWrongDelta()])
    const { code, stdout, stderr } = await runKws(['verify', recording, '--json'])
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' })
    const lines = linesOf<Line>(stdout)
    expect(new Set(lines.map(line => line.type))).toEqual(new Set(['finding', 'span', 'field', 'summary']))
    expect(lines.every(line => line.recording === recording)).toBe(true)
    expect(lines.find(line => line.type === 'finding')).toMatchObject({
      finding: 'book_mismatch',
      fault: true,
      time: expect.stringMatching(/^2026-.*Z$/),
      price: expect.stringMatching(/^0\.\d{4}$/),
      book: expect.stringMatching(/^\d+\.\d\d$/),
      snapshot: expect.stringMatching(/^\d+\.\d\d$/),
      levels: 1
    })
    expect(lines.find(line => line['field'] === 'msg.delta_fp')).toMatchObject({
      message: 'orderbook_delta',
      types: { string: expect.stringMatching(/^2026-/) }
    })
    expect(lines.at(-1)).toMatchObject({
      type: 'summary',
      frames: FRAMES.length,
      faults: 1,
      findings: { book_mismatch: 1 }
    })
  })

  it('goes on after a segment that is none, and limits what it prints of one type', async () => {
    const recording = await record([FRAMES.slice(0, 40), FRAMES.slice(40)], { rotate: { bytes: 1 } })
    const [first = ''] = readdirSync(recording).sort()
    writeFileSync(join(recording, first), readFileSync(join(recording, first)).fill(0, 0, 8))
    const broken = await runKws(['verify', recording])
    expect(broken.code).toBe(3)
    expect(broken.stdout).toMatch(/^fault {2}corrupt: .* is damaged at byte 0/m)
    expect(broken.stdout).toMatch(/in 2 segments \(1 of them whole\)/)

    const gaps = FRAMES.filter((_, index) => index % 3 !== 0)
    const { stdout } = await runKws(['verify', await record([gaps])])
    expect(stdout.match(/^fault {2}gap/gm)).toHaveLength(10)
    expect(stdout).toMatch(/^… {6}gap: further ones are only counted; --json tells all$/m)
  })

  it('ends with 1 where there is no recording', async () => {
    expect(await runKws(['verify', '/no/such/recording'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^kws: there is no recording/)
    })
  })
})
