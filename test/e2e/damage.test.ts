import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openRecording } from '../../src/recording/recording.ts'
import { temporaryFolder } from '../temporary.ts'
import { frame, record } from '../recording/frames.ts'
import { runKws } from './run-kws.ts'

/** Two segments of three frames each. */
async function recorded(): Promise<{ path: string; first: string }> {
  const frames = [0, 1, 2].map(at => frame({ at, payload: '{"type":"pong"}' }))
  const path = await record([frames, frames], { rotate: { bytes: 1 } })
  return { path, first: (await openRecording(path)).segments[0] ?? '' }
}

describe('a damaged recording', () => {
  it.each([
    ['lacks a segment', (file: string) => rmSync(file), /is missing: session.json lists it with 3 frames/],
    ['was cut after it was sealed', (file: string) => truncateSync(file, 1000), /holds 0 of 3 frames/],
    ['has changed bytes', flipPayload, /is damaged at byte \d+: 3 frames are left out/]
  ])('that %s is told of, and ends info and replay with 3', async (_, damage, message) => {
    const { path, first } = await recorded()
    damage(first)
    const info = await runKws(['info', path])
    expect(info.stdout).toMatch(message)
    const replay = await runKws(['replay', path])
    expect(replay.stderr).toMatch(message)
    expect([info.code, replay.code]).toEqual([3, 3])
  })

  it('is repaired as far as it can be, with what was lost', async () => {
    const { path, first } = await recorded()
    flipPayload(first)
    const out = join(temporaryFolder(), 'repaired')
    const { code, stdout } = await runKws(['repair', path, '--out', out])
    expect(code).toBe(3)
    expect(stdout).toMatch(/recovered 3 frames; of 1 segments 1 were whole, 0 are written anew/)
    expect(stdout).toMatch(/lost {6}3 frames before 2026-10-12T19:30:00.000000000Z/)
    const again = await runKws(['repair', out, '--out', join(temporaryFolder(), 'again'), '--json'])
    expect(again.code).toBe(0)
    expect(JSON.parse(again.stdout)).toMatchObject({ type: 'repair', frames: 3, losses: [] })
  })
})

function flipPayload(file: string): void {
  const bytes = readFileSync(file)
  bytes[bytes.indexOf('{"type":"pong"}')] = 'x'.charCodeAt(0)
  writeFileSync(file, bytes)
}
