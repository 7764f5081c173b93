import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import { importCaptures } from '../../../src/recording/import-capture.ts'
import { temporaryFolder } from '../../temporary.ts'
import { PracticeClient } from '../practice-client.ts'
import { control, serveRecording } from './serve.ts'

const FOLDER = '../shared/real'
const captures = existsSync(FOLDER) ? readdirSync(FOLDER).filter(name => name.startsWith('gold15m_')) : []

const NUMBERS = /"(?:sid|seq)":\d+/g

describe.skipIf(captures.length === 0)(`real captures (skipped where ${FOLDER} is absent)`, () => {
  test.each(captures)('%s: every frame is served, the same bytes but for sid and seq', async name => {
    const path = join(temporaryFolder(), 'imported')
    await importCaptures([join(FOLDER, name)], path, { clock: systemClock(), version: '0', filtered: true })
    const raws = gunzipSync(readFileSync(join(FOLDER, name)))
      .toString()
      .trim()
      .split('\n')
      .map(line => (JSON.parse(line) as { raw: string }).raw)
    const server = await serveRecording(path)
    const texts: string[] = []
    const client = await PracticeClient.connect(server)
    client.socket.removeAllListeners('message')
    client.socket.on('message', (data: Buffer) => texts.push(data.toString()))
    const tickers = [...new Set(raws.map(raw => /"market_ticker":"([^"]+)"/.exec(raw)?.[1] ?? ''))]
    for (const channel of ['orderbook_delta', 'trade']) {
      const params = { channels: [channel], market_tickers: tickers, use_yes_price: false }
      client.socket.send(JSON.stringify({ cmd: 'subscribe', params }))
    }
    const served = () => texts.filter(text => !text.startsWith('{"type":"subscribed"'))
    while (served().length < raws.length) await new Promise(resolve => client.socket.once('message', resolve))
    const differing = served().filter((text, row) => text.replace(NUMBERS, '') !== raws[row]?.replace(NUMBERS, ''))
    expect(differing).toEqual([])
    expect((await control(server, '')).body['counters']).toMatchObject({ gaps: 0, duplicates: 0, unreadable: 0 })
  })
})
