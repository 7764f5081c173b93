import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PracticeClient } from '../exchange/practice-client.ts'
import { recordMarkets } from '../exchange/recorded/recorded-markets.ts'
import { control } from '../exchange/recorded/serve.ts'
import type { Run } from './run-kws.ts'
import { temporaryFolder } from '../temporary.ts'
import { linesOf, runKws, startKws } from './run-kws.ts'

/** The first line of standard output: where to connect. */
async function firstLine({ child }: Run): Promise<string> {
  if (child.stdout === null) throw new Error('there is no output')
  const [data] = await once(child.stdout, 'data')
  return String(data).split('\n')[0] ?? ''
}

function portOf(url: string): number {
  return Number(new URL(url).port)
}

describe('serve', () => {
  it('says where to connect, serves a recording and ends in order with Ctrl-C', async () => {
    const { path, tickers, texts, books } = await recordMarkets()
    const run = startKws(['serve', path, '--speed', 'max', '--log-level', 'warn'])
    const url = await firstLine(run)
    expect(url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/trade-api\/ws\/v2$/)
    const client = await PracticeClient.connect({ url })
    const params = { channels: ['orderbook_delta'], market_tickers: tickers }
    await client.command('subscribe', params)
    const expected = texts.filter(text => text.includes('"type":"orderbook_'))
    while (client.of(1).length < expected.length) await client.receive(1)
    expect(new Map([...client.books(1)].map(([ticker, book]) => [ticker, book.pairs()]))).toEqual(books)
    expect((await control({ port: portOf(url) }, '')).body).toMatchObject({ source: 'recording', isOver: true })
    const closed = once(client.socket, 'close')
    run.child.kill('SIGINT')
    expect((await closed)[0]).toBe(1001)
    expect(await run.finished).toEqual({ code: 0, signal: null, stdout: `${url}\n`, stderr: '' })
  })

  it('invents markets, breaks what it is told to and logs it', async () => {
    const log = join(temporaryFolder(), 'faults.ndjson')
    const flags = ['--markets-count', '5', '--rate', '2000', '--seed', '3', '--fault', 'drop@200ms', '--fault-log', log]
    const run = startKws(['serve', '--synthetic', '--json', ...flags])
    const { url, control: controlUrl } = JSON.parse(await firstLine(run)) as { url: string; control: string }
    expect(controlUrl).toBe(`http://127.0.0.1:${portOf(url)}/control`)
    const client = await PracticeClient.connect({ url })
    const closed = once(client.socket, 'close')
    await client.command('subscribe', { channels: ['ticker'] })
    await client.receive(5)
    expect((await closed)[0]).toBe(1006)
    run.child.kill('SIGTERM')
    expect(await run.finished).toMatchObject({ code: 0 })
    expect(linesOf(readFileSync(log, 'utf8'))).toMatchObject([{ fault: 'drop', connection: 0 }])
  })

  it.each([
    [['--synthetic', '--host', '0.0.0.0'], /^kws: on 0\.0\.0\.0 .*--require-auth/],
    [['--synthetic', '--per-connection'], /--per-connection is for recordings/],
    [['--synthetic', 'recordings/x'], /not both/],
    [['--synthetic', '--require-auth', 'key'], /KEYID=public-key\.pem/],
    [['--synthetic', '--fault', 'dance'], /cannot read the fault "dance"/],
    [['--synthetic', '--speed', 'fast'], /write a speed/]
  ])('refuses %j in one line', async (flags, message) => {
    const { code, stdout, stderr } = await runKws(['serve', ...flags])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(message)
  })

  it('refuses a recording that is not there and a time that is none', async () => {
    expect(await runKws(['serve', '/nowhere'])).toMatchObject({ code: 1, stdout: '' })
    const { path } = await recordMarkets({ frames: 20 })
    expect(await runKws(['serve', path, '--from', 'noon'])).toMatchObject({ code: 2, stdout: '' })
  })
})
