import { once } from 'node:events'
import { expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { FaultEntry } from '../../../src/exchange/faults/fault-entry.ts'
import { PlainClient, parsed, startFaulty } from './plain-client.ts'
import { range } from './faulty-run.ts'

/** Of a wait that ends as soon as it can. */
const SOON = { interval: 1, timeout: 10_000 }

interface Seen {
  readonly client: PlainClient
  readonly log: readonly FaultEntry[]
}

interface Case {
  readonly fault: string
  /** What a client that has got 300 frames has seen of it. */
  readonly check: (seen: Seen) => void
}

const CASES: readonly Case[] = [
  {
    fault: 'skip-seq:0.05',
    check: ({ client, log }) => {
      const got = client.seqs(1)
      const skipped = new Set(log.map(({ seq }) => seq))
      expect(got).toEqual(range(1, got.at(-1) ?? 0).filter(seq => !skipped.has(seq)))
      expect(skipped.size).toBeGreaterThan(0)
    }
  },
  {
    fault: 'repeat-seq:0.05',
    check: ({ client, log }) => {
      const got = client.seqs(1)
      const repeated = new Set(log.map(({ seq }) => seq))
      const last = got.at(-1) ?? 0
      const expected = range(1, last).flatMap(seq => (repeated.has(seq) ? [seq, seq] : seq))
      expect(got).toEqual(expected.slice(0, got.length))
    }
  },
  {
    fault: 'reorder-seq:0.05',
    check: ({ client, log }) => {
      const got = client.seqs(1)
      const late = got.filter((seq, index) => seq < (got[index - 1] ?? 0))
      expect(late.length).toBeGreaterThan(0)
      const logged = log.map(({ seq, after }) => [seq, after])
      expect(logged.slice(0, late.length)).toEqual(late.map(seq => [seq, got[got.indexOf(seq) - 1]]))
    }
  },
  {
    fault: 'cut:0.05',
    check: ({ client, log }) => {
      const broken = client.texts.filter(text => parsed(text) === undefined)
      expect(log.slice(0, broken.length).map(({ bytes }) => bytes)).toEqual(broken.map(text => Buffer.byteLength(text)))
      expect(broken.length).toBeGreaterThan(0)
    }
  },
  {
    fault: 'malformed:0.05',
    check: ({ client }) => {
      expect(client.texts.filter(text => parsed(text) === undefined).length).toBeGreaterThan(0)
      expect(client.seqs(1)).toEqual(range(1, client.seqs(1).length))
    }
  },
  {
    fault: 'unknown-type:0.05',
    check: ({ client }) => {
      expect(client.frames().filter(({ type }) => type === 'unheard_of').length).toBeGreaterThan(0)
      expect(client.seqs(1)).toEqual(range(1, client.seqs(1).length))
    }
  },
  {
    fault: 'unknown-field:0.05',
    check: ({ client, log }) => {
      const strange = client.frames().filter(frame => 'unheard_of' in frame)
      expect(strange.map(({ seq }) => seq)).toEqual(log.slice(0, strange.length).map(({ seq }) => seq))
      expect(strange.length).toBeGreaterThan(0)
    }
  },
  {
    fault: 'huge',
    check: ({ client }) => expect(client.texts[0]).toHaveLength(5_000_000)
  },
  {
    fault: 'wrong-sid:0.05',
    check: ({ client, log }) => {
      const strange = client.frames().filter(({ sid = 0 }) => sid > 1_000)
      expect(strange.map(({ sid, seq }) => [sid, seq])).toEqual(
        log.slice(0, strange.length).map(({ sentSid, seq }) => [sentSid, seq])
      )
      expect(strange.length).toBeGreaterThan(0)
    }
  },
  {
    fault: 'late-ack=5',
    check: ({ client, log }) => {
      expect(
        client
          .frames()
          .slice(0, 6)
          .map(({ type }) => type)
      ).toEqual([...range(1, 5).map(() => 'orderbook_snapshot'), 'subscribed'])
      expect(log).toMatchObject([{ fault: 'late-ack', type: 'subscribed', id: 1, after: 5 }])
    }
  },
  {
    fault: 'wrong-clock=1h',
    check: ({ client }) => {
      for (const { sending_ts_ms: sending = 0, msg } of client.frames()) {
        expect(Math.abs(sending - Date.now() - 3_600_000)).toBeLessThan(60_000)
        if (msg?.ts_ms !== undefined) expect(Math.abs(msg.ts_ms - Date.now() - 3_600_000)).toBeLessThan(60_000)
      }
    }
  }
]

test.each(CASES)('$fault', async ({ fault, check }) => {
  const { exchange, log } = await startFaulty([fault])
  const client = await PlainClient.connect(exchange)
  client.subscribe(exchange.tickers())
  await client.receive(300)
  expect(log.length).toBeGreaterThan(0)
  check({ client, log })
})

test.each([
  ['drop@50ms', 1006],
  ['close=4001@50ms', 4001],
  ['close@50ms', 1012]
])('%s', async (fault, code) => {
  const { exchange, log } = await startFaulty([fault])
  const client = await PlainClient.connect(exchange)
  client.subscribe(exchange.tickers())
  expect(await client.closeCode()).toBe(code)
  await vi.waitFor(() => expect(exchange.counters.connections).toBe(0), SOON)
  expect(log).toMatchObject([{ fault: fault.split(/[@=]/)[0], connection: 0 }])
})

test('silent=300ms@100ms', async () => {
  const { exchange, log } = await startFaulty(['silent=300ms@100ms'])
  const client = await PlainClient.connect(exchange)
  client.subscribe(exchange.tickers())
  await vi.waitFor(() => expect(log).toHaveLength(1), SOON)
  // What was sent before has arrived when a round trip later than it is over.
  await fetch(`http://127.0.0.1:${exchange.port}/control`)
  const { pings } = client
  let pongs = 0
  client.socket.on('pong', () => pongs++)
  client.socket.ping()
  await vi.waitFor(() => expect(log).toHaveLength(2), SOON)
  expect([client.pings, pongs]).toEqual([pings, 0])
  const [lost] = log[1]?.lost ?? []
  await client.receive(client.texts.length + 10)
  const got = client.seqs(1)
  expect(got).toEqual(range(1, got.at(-1) ?? 0).filter(seq => seq < (lost?.first ?? 0) || seq > (lost?.last ?? 0)))
  expect(lost?.frames).toBe((lost?.last ?? 0) - (lost?.first ?? 0) + 1)
})

test('delay=200ms', async () => {
  const { exchange } = await startFaulty(['delay=200ms'])
  const client = await PlainClient.connect(exchange)
  const sent = performance.now()
  client.subscribe(exchange.tickers())
  await client.receive(300)
  expect(performance.now() - sent).toBeGreaterThan(200)
  expect(client.seqs(1)).toEqual(range(1, client.texts.length - 1))
})

test('burst=200ms', async () => {
  const { exchange, log } = await startFaulty(['burst=200ms'])
  const client = await PlainClient.connect(exchange)
  client.subscribe(exchange.tickers())
  await once(client.socket, 'message')
  expect(log).toMatchObject([{ phase: 'begin' }, { phase: 'end' }])
  await client.receive(log[1]?.held ?? 0)
  expect(client.seqs(1)).toEqual(range(1, client.texts.length - 1))
})

test.each([10, 25])('error=%i ends the subscription, and another can be made', async code => {
  const { exchange, log } = await startFaulty([`error=${code}@100ms`])
  const client = await PlainClient.connect(exchange)
  client.subscribe(exchange.tickers())
  await vi.waitFor(() => expect(client.frames().at(-1)).toMatchObject({ type: 'error', sid: 1, msg: { code } }), SOON)
  expect(client.seqs(1)).toEqual(range(1, client.texts.length - 1))
  expect(log).toMatchObject([{ fault: 'error', code }])
  const got = client.texts.length
  client.subscribe(exchange.tickers())
  await client.receive(got + 2)
  expect(client.frames()[got]).toMatchObject({ type: 'subscribed', msg: { sid: 2 } })
})

test('refuse=401x1 refuse=503x1', async () => {
  const { exchange, log } = await startFaulty(['refuse=401x1', 'refuse=503x1'])
  const statuses: (number | undefined)[] = []
  for (let attempts = 0; attempts < 2; attempts++) {
    const socket = new WebSocket(exchange.url)
    const [, response] = await once(socket, 'unexpected-response')
    statuses.push(response.statusCode)
    socket.on('error', () => undefined)
    socket.terminate()
  }
  expect(statuses).toEqual([401, 503])
  await PlainClient.connect(exchange)
  expect(log).toMatchObject([
    { fault: 'refuse', status: 401 },
    { fault: 'refuse', status: 503 }
  ])
})

test('a fault is injected by a control call, on one connection', async () => {
  const { exchange, log } = await startFaulty([])
  const clients = [await PlainClient.connect(exchange), await PlainClient.connect(exchange)]
  for (const client of clients) client.subscribe(exchange.tickers())
  const control = `http://127.0.0.1:${exchange.port}/control/fault`
  const response = await fetch(control, { method: 'POST', body: JSON.stringify({ fault: 'close=1008#1' }) })
  expect(response.status).toBe(200)
  expect(await clients[1]?.closeCode()).toBe(1008)
  expect(clients[0]?.socket.readyState).toBe(WebSocket.OPEN)
  expect(log).toMatchObject([{ fault: 'close', connection: 1, code: 1008 }])
  const refused = await fetch(control, { method: 'POST', body: JSON.stringify({ fault: 'vanish' }) })
  expect(refused.status).toBe(400)
})
