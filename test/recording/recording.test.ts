import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tableFromArrays, tableToIPC } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { firstReceivedAt, newestRecording, openRecording } from '../../src/recording/recording.ts'
import type { SegmentFault } from '../../src/recording/segment-reader.ts'
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
    const faults: SegmentFault[] = []
    const read = await framesIn((await openRecording(path)).batches(fault => faults.push(fault)))
    expect(read).toEqual([BATCHES[0], BATCHES[2]].flat())
    expect(faults).toEqual([
      { type: 'unsealed', file: first },
      { type: 'torn', file: second, offset: 0, bytes: 8 }
    ])
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
