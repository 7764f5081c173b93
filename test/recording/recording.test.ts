import { appendFileSync, copyFileSync, mkdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tableFromArrays, tableToIPC } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.ts'
import { readManifest, writeManifest } from '../../src/recording/manifest.ts'
import { firstReceivedAt, newestRecording, openRecording } from '../../src/recording/recording.ts'
import type { SegmentFault } from '../../src/recording/segment-fault.ts'
import { isDamage } from '../../src/recording/segment-fault.ts'
import { frame, framesIn, record, SESSION, START } from './frames.ts'
import { temporaryFolder } from '../temporary.ts'
import { VirtualClock } from './virtual-clock.ts'

const BATCHES = [[frame({ payload: 'a' })], [frame({ at: 1, payload: 'b' })], [frame({ at: 2, payload: 'c' })]]

describe('openRecording', () => {
  it('opens a directory, and one of its segments with the directory’s manifest', async () => {
    const path = await record(BATCHES, { rotate: { bytes: 1 }, session: { ...SESSION, filtered: true } })
    const whole = await openRecording(path)
    expect(whole.segments).toHaveLength(3)
    expect(await framesIn(whole.batches())).toEqual(BATCHES.flat())
    expect(await firstReceivedAt(whole)).toBe(START)
    const part = await openRecording(whole.segments[1] ?? '')
    expect(await framesIn(part.batches())).toEqual(BATCHES[1])
    expect([whole.filtered, part.filtered]).toEqual([true, true])
  })

  it('needs no manifest, but says so when one is damaged', async () => {
    const path = await record(BATCHES)
    writeFileSync(join(path, 'session.json'), '{"format":"kws-recording"')
    await expect(openRecording(path)).rejects.toMatchObject({ code: 'damaged' })
    writeFileSync(join(path, 'session.json'), '{"format":"kws-recording","formatVersion":1}')
    await expect(openRecording(path)).rejects.toThrow('version is no text')
    rmSync(join(path, 'session.json'))
    const recording = await openRecording(path)
    expect([recording.manifest, recording.filtered]).toEqual([undefined, false])
    expect(await framesIn(recording.batches())).toEqual(BATCHES.flat())
  })

  it('reads on in the next segment after one that is torn', async () => {
    const path = await record(BATCHES, { rotate: { bytes: 1 } })
    const [first = '', second = ''] = (await openRecording(path)).segments
    writeFileSync(second, 'ARROW1\0\0')
    appendFileSync(first, 'left behind')
    rmSync(join(path, 'session.json'))
    const faults: SegmentFault[] = []
    const read = await framesIn((await openRecording(path)).batches(fault => faults.push(fault)))
    expect(read).toEqual([BATCHES[0], BATCHES[2]].flat())
    expect(faults).toEqual([
      { type: 'torn', file: first, offset: expect.any(Number), bytes: expect.any(Number), rows: 0 },
      { type: 'torn', file: second, offset: 0, bytes: 8, rows: null }
    ])
  })

  it('tells of segments that session.json lists but that are gone', async () => {
    const path = await record(BATCHES, { rotate: { bytes: 1 } })
    const [, second = ''] = (await openRecording(path)).segments
    rmSync(second)
    const { frames, faults } = await readAll(path)
    expect(frames).toEqual([BATCHES[0], BATCHES[2]].flat())
    expect(faults).toEqual([{ type: 'missing', file: second, rows: 1 }])
    expect(faults.map(isDamage)).toEqual([true])
  })

  it('takes a sealed segment that has been cut for damage, and one that was never sealed for what a kill leaves', async () => {
    const path = await record([BATCHES.flat(), ...BATCHES], { rotate: { bytes: 1 } })
    const [first = ''] = (await openRecording(path)).segments
    for (const bytes of [statSync(first).size - 1, 100]) {
      truncateSync(first, bytes)
      const { faults } = await readAll(path)
      expect(faults).toEqual([{ type: 'differs', file: first, rows: bytes === 100 ? 0 : 3, listed: 3 }])
      expect(faults.map(isDamage)).toEqual([true])
      expect((await readAll(first)).faults).toEqual(faults)
    }
    rmSync(join(path, 'session.json'))
    const { faults } = await readAll(path)
    expect(faults).toMatchObject([{ type: 'torn', file: first }])
    expect(faults.map(isDamage)).toEqual([false])
  })

  it('takes another segment under the name of a sealed one for damage', async () => {
    const path = await record([BATCHES.flat(), [frame()]], { rotate: { bytes: 1 } })
    const [first = '', second = ''] = (await openRecording(path)).segments
    copyFileSync(second, first)
    const { faults } = await readAll(path)
    expect(faults).toEqual([{ type: 'differs', file: first, rows: 1, listed: 3 }])
  })

  it('leaves out copies of segments, and says which', async () => {
    const path = await record(BATCHES, { rotate: { bytes: 1 } })
    const [first = '', , third = ''] = (await openRecording(path)).segments
    const copy = first.replace('.arrow', ' (copy).arrow')
    copyFileSync(first, copy)
    const { frames, faults } = await readAll(path)
    expect(frames).toEqual(BATCHES.flat())
    expect(faults).toEqual([{ type: 'unlisted', file: copy }])
    expect(faults.map(isDamage)).toEqual([false])

    // Of a recorder that was killed, the last is not listed but belongs to the recording.
    const manifest = await readManifest(path)
    if (manifest === undefined) throw new Error('there is no manifest')
    await writeManifest(path, { ...manifest, ended: null, segments: manifest.segments.slice(0, 2) })
    const killed = await readAll(path)
    expect(killed.frames).toEqual(BATCHES.flat())
    expect(killed.faults).toEqual([{ type: 'unlisted', file: copy }])
    expect((await openRecording(path)).segments).toContain(third)
  })

  it('reads the other segments where a loss of power left nothing of one', async () => {
    const path = await record(BATCHES, { rotate: { bytes: 1 } })
    const [, , third = ''] = (await openRecording(path)).segments
    const manifest = await readManifest(path)
    if (manifest === undefined) throw new Error('there is no manifest')
    await writeManifest(path, { ...manifest, ended: null, segments: manifest.segments.slice(0, 2) })
    writeFileSync(third, new Uint8Array(5000))
    const { frames, faults } = await readAll(path)
    expect(frames).toEqual(BATCHES.slice(0, 2).flat())
    expect(faults).toEqual([{ type: 'torn', file: third, offset: 0, bytes: 5000, rows: null }])
  })

  it('holds no frames when none were recorded', async () => {
    const recording = await openRecording(await record([]))
    expect(await framesIn(recording.batches())).toEqual([])
    expect(await firstReceivedAt(recording)).toBeUndefined()
  })

  it('says what is wrong with a path that is no recording', async () => {
    const folder = temporaryFolder()
    const place = (name: string, content: string | Uint8Array) => {
      writeFileSync(join(folder, name), content)
      return join(folder, name)
    }
    const table = tableFromArrays({ payload: ['x'] })
    mkdirSync(join(folder, 'empty'))
    await expect(openRecording(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'not_found' })
    await expect(openRecording(join(folder, 'empty'))).rejects.toMatchObject({ code: 'not_found' })
    for (const path of [place('text', '{"a":1}\n'), place('stream', tableToIPC(table, 'stream'))]) {
      await expect(openRecording(path)).rejects.toThrow(`${path} is not an Arrow file`)
    }
    const foreign = place('foreign', Buffer.concat([Buffer.from('ARROW1\0\0'), tableToIPC(table, 'stream')]))
    for (const path of [foreign, place('file', tableToIPC(table, 'file'))]) {
      await expect(openRecording(path)).rejects.toMatchObject({ code: 'damaged' })
    }
  })
})

async function readAll(path: string): Promise<{ frames: Frame[]; faults: SegmentFault[] }> {
  const faults: SegmentFault[] = []
  const recording = await openRecording(path)
  return { frames: await framesIn(recording.batches(fault => faults.push(fault))), faults }
}

describe('newestRecording', () => {
  it('is the one begun last, whatever the names', async () => {
    const folder = temporaryFolder()
    const clock = new VirtualClock()
    for (const name of ['b', 'c', 'a']) {
      clock.advance(1)
      await record(BATCHES, { clock }, join(folder, name))
    }
    mkdirSync(join(folder, 'other'))
    writeFileSync(join(folder, 'file'), '')
    expect(await newestRecording(folder)).toBe(join(folder, 'a'))
  })

  it('is found without a manifest too', async () => {
    const folder = temporaryFolder()
    rmSync(join(await record(BATCHES, {}, join(folder, 'only')), 'session.json'))
    expect(await newestRecording(folder)).toBe(join(folder, 'only'))
  })

  it('is asked for in vain where there is none', async () => {
    const folder = temporaryFolder()
    await expect(newestRecording(folder)).rejects.toMatchObject({ code: 'not_found' })
    await expect(newestRecording(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'not_found' })
  })
})
