import { once } from 'node:events'
import { Agent, get } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { MetricsServer } from '../../src/cli/metrics-server.ts'
import { startMetricsServer } from '../../src/cli/metrics-server.ts'
import type { MetricsStatus } from '../../src/cli/metrics-text.ts'
import { metricsText } from '../../src/cli/metrics-text.ts'
import { LiveEventCounts } from '../../src/live/live-event.ts'
import { noIrregularities } from '../../src/market/irregularity.ts'

const STATUS: MetricsStatus = {
  version: '1.2.3',
  frames: 1234,
  bytes: 567_890,
  counters: { ...new LiveEventCounts().counters, gaps: 2, framesLost: 7, failedConnects: 3 },
  irregularities: { ...noIrregularities(), crossed_book: 5 },
  connectionsOpen: 1,
  marketsSubscribed: { orderbook_delta: 20, ticker: 0 },
  bufferBytes: 4096,
  lagSeconds: 0.0125,
  lastFrameAgeSeconds: 0.25,
  recording: { bytes: 1e9, segments: 4 }
}

/** Reads the text format strictly: every sample belongs to the HELP and TYPE lines right before it. */
function parse(text: string): Map<string, number> {
  expect(text.endsWith('\n')).toBe(true)
  const samples = new Map<string, number>()
  let metric = ''
  for (const block of text.split(/^(?=# HELP )/m)) {
    const [help = '', type = '', ...lines] = block.trimEnd().split('\n')
    metric = /^# HELP (\w+) [^\n]+\.$/.exec(help)?.[1] ?? `no help: ${help}`
    expect(type).toMatch(new RegExp(`^# TYPE ${metric} (counter|gauge)$`))
    expect(type.endsWith('counter')).toBe(metric.endsWith('_total'))
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) {
      const [, name = line, labels = '', value = ''] = /^(\w+)(\{\w+="(?:[^"\\\n]|\\.)*"\})? (\S+)$/.exec(line) ?? []
      expect(name).toBe(metric)
      expect(samples.has(name + labels)).toBe(false)
      samples.set(name + labels, Number(value))
    }
  }
  return samples
}

describe('metrics text', () => {
  it('is in the text format and holds every figure', () => {
    const samples = parse(metricsText(STATUS))
    expect(Object.fromEntries(samples)).toMatchObject({
      'kws_build_info{version="1.2.3"}': 1,
      kws_frames_total: 1234,
      kws_payload_bytes_total: 567_890,
      kws_gaps_total: 2,
      kws_frames_lost_total: 7,
      kws_failed_connects_total: 3,
      kws_reconnects_total: 0,
      'kws_irregularities_total{type="crossed_book"}': 5,
      'kws_irregularities_total{type="gap"}': 0,
      kws_connections_open: 1,
      'kws_markets_subscribed{channel="orderbook_delta"}': 20,
      kws_buffer_bytes: 4096,
      kws_lag_seconds: 0.0125,
      kws_last_frame_age_seconds: 0.25,
      kws_recording_bytes: 1e9,
      kws_recording_segments: 4
    })
  })

  it('leaves out what is not known, with its description', () => {
    const text = metricsText({ ...STATUS, lagSeconds: null, recording: null, marketsSubscribed: {} })
    parse(text)
    expect(text).not.toMatch(/lag|recording|subscribed/)
  })

  it('escapes labels', () => {
    const text = metricsText({ ...STATUS, version: 'a"b\\c\nd' })
    expect(text).toContain('kws_build_info{version="a\\"b\\\\c\\nd"} 1\n')
    parse(text)
  })
})

async function start(status: () => MetricsStatus = () => STATUS): Promise<MetricsServer & { readonly url: string }> {
  const server = await startMetricsServer({ port: 0, status })
  onTestFinished(() => server.close())
  return { ...server, url: `http://127.0.0.1:${server.port}` }
}

describe('metrics server', () => {
  it('answers with what is so at the moment of the question', async () => {
    let frames = 0
    const { url } = await start(() => ({ ...STATUS, frames: ++frames }))
    const first = await fetch(`${url}/metrics`)
    expect(first.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(parse(await first.text()).get('kws_frames_total')).toBe(1)
    const second = await fetch(`${url}/metrics?name=anything`)
    expect(parse(await second.text()).get('kws_frames_total')).toBe(2)
  })

  it('is healthy while frames come, and says since when they do not', async () => {
    let lastFrameAgeSeconds = 30
    const { url } = await start(() => ({ ...STATUS, lastFrameAgeSeconds }))
    const well = await fetch(`${url}/health`)
    expect(well.status).toBe(200)
    expect(await well.json()).toEqual({ status: 'ok', lastFrameAgeSeconds: 30, connectionsOpen: 1, frames: 1234 })
    lastFrameAgeSeconds = 30.5
    const silent = await fetch(`${url}/health`)
    expect(silent.status).toBe(503)
    expect(await silent.json()).toMatchObject({ status: 'silent', lastFrameAgeSeconds: 30.5 })
  })

  it('knows no other path and no other method', async () => {
    const { url } = await start()
    const answers = [fetch(url), fetch(`${url}/metrics/x`), fetch(`${url}/metrics`, { method: 'POST', body: 'x' })]
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([404, 404, 405])
    const head = await fetch(`${url}/metrics`, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
  })

  it('survives a status that throws', async () => {
    const { url } = await start(() => {
      throw new Error('no status')
    })
    const answer = await fetch(`${url}/health`)
    expect([answer.status, await answer.text()]).toEqual([500, 'no status\n'])
    expect((await fetch(url)).status).toBe(404)
  })

  it('tells in one line that the port is in use', async () => {
    const blocker = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => {
      blocker.close()
    })
    await once(blocker, 'listening')
    const { port } = blocker.address() as { port: number }
    await expect(startMetricsServer({ port, status: () => STATUS })).rejects.toMatchObject({
      name: 'KwsError',
      message: expect.stringMatching(new RegExp(`^cannot listen on 127.0.0.1:${port} .*EADDRINUSE.*another port`))
    })
  })

  it('closes at once though a client keeps its connection open', async () => {
    const server = await start()
    const agent = new Agent({ keepAlive: true })
    const request = get(`${server.url}/metrics`, { agent })
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    const ended = once(response.socket, 'close')
    response.resume()
    await once(response, 'end')
    await server.close()
    await ended
    expect(response.headers.connection).toBe('keep-alive')
    await expect(fetch(server.url)).rejects.toThrow('fetch failed')
  })
})
