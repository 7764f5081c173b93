import { expect, test } from 'vitest'
import { FaultyRun, delta, ok, range, subscribed, ticker } from './faulty-run.ts'
import { settle } from './manual-clock.ts'

test('without a fault everything passes as it is', () => {
  const { link, sent } = new FaultyRun([]).connect()
  link.send(delta(1, 1))
  link.ping('heartbeat')
  link.pong(Buffer.from('x'))
  link.close(1001)
  link.terminate()
  expect(sent).toEqual([delta(1, 1), 'ping heartbeat', 'pong x', 'close 1001', 'terminate'])
})

test('a dropped connection is cut, and nothing is sent to it any more', async () => {
  const run = new FaultyRun(['drop@5s'])
  const { link, sent } = run.connect()
  await run.clock.advance(4_999)
  link.send(delta(1, 1))
  await run.clock.advance(1)
  link.send(delta(1, 2))
  expect(sent).toEqual([delta(1, 1), 'terminate'])
  expect(run.log).toEqual([{ time: '2026-11-24T15:00:05.000000000Z', fault: 'drop', connection: 0 }])
})

test('a connection is closed with the code that was asked for', async () => {
  const run = new FaultyRun(['close=4000@1s'])
  const { sent } = run.connect()
  await run.clock.advance(1_000)
  expect(sent).toEqual(['close 4000'])
  expect(run.log).toMatchObject([{ fault: 'close', connection: 0, code: 4000 }])
})

test('a silent connection loses frames, pings and pongs, and what it lost is logged by sid', async () => {
  const run = new FaultyRun(['silent=10s@1s'])
  const { link, sent } = run.connect()
  link.send(delta(1, 1))
  await run.clock.advance(1_000)
  for (const seq of range(2, 5)) link.send(delta(1, seq))
  link.send(ticker(2))
  link.ping('heartbeat')
  link.pong(Buffer.from('x'))
  await run.clock.advance(10_000)
  link.send(delta(1, 6))
  expect(sent).toEqual([delta(1, 1), delta(1, 6)])
  expect(run.log).toMatchObject([
    { fault: 'silent', phase: 'begin', milliseconds: 10_000 },
    {
      fault: 'silent',
      phase: 'end',
      lost: [
        { sid: 1, frames: 4, first: 2, last: 5 },
        { sid: 2, frames: 1, first: undefined }
      ]
    }
  ])
})

test('a connection that is silent for ever tells what it lost when the client has gone', async () => {
  const run = new FaultyRun(['silent'])
  const { link, sent, disconnect } = run.connect()
  link.send(delta(1, 1))
  await run.clock.advance(3_600_000)
  link.send(delta(1, 2))
  disconnect()
  await settle()
  expect(sent).toEqual([])
  expect(run.log.at(-1)).toMatchObject({ phase: 'end', lost: [{ sid: 1, frames: 2, first: 1, last: 2 }] })
})

test('only frames of data with a seq are skipped', () => {
  const run = new FaultyRun(['skip-seq'])
  const { link, sent } = run.connect()
  const frames = [subscribed(1, 1), ticker(2), ok(2, 1, 1), delta(1, 2), delta(1, 3)]
  for (const frame of frames) link.send(frame)
  expect(sent).toEqual(frames.filter(frame => frame !== delta(1, 2)))
  expect(run.log).toMatchObject([{ fault: 'skip-seq', type: 'orderbook_delta', sid: 1, seq: 2, market: 'KX-2' }])
})

test('a repeated frame comes twice in a row', () => {
  const run = new FaultyRun(['repeat-seq'])
  const { link, sent } = run.connect()
  for (const seq of range(1, 3)) link.send(delta(1, seq))
  expect(sent).toEqual([1, 1, 2, 3].map(seq => delta(1, seq)))
  expect(run.log).toMatchObject([{ fault: 'repeat-seq', sid: 1, seq: 1 }])
})

test('a frame and its neighbour of the same sid are exchanged', () => {
  const run = new FaultyRun(['reorder-seq'])
  const { link, sent } = run.connect()
  for (const frame of [delta(1, 1), delta(2, 1), ticker(3), delta(1, 2), delta(1, 3)]) link.send(frame)
  expect(sent).toEqual([delta(2, 1), ticker(3), delta(1, 2), delta(1, 1), delta(1, 3)])
  expect(run.log).toMatchObject([{ fault: 'reorder-seq', sid: 1, seq: 1, after: 2 }])
})

test('a frame whose neighbour never comes is lost', async () => {
  const run = new FaultyRun(['reorder-seq'])
  const { link, sent, disconnect } = run.connect()
  link.send(delta(1, 1))
  disconnect()
  await settle()
  expect(sent).toEqual([])
  expect(run.log).toMatchObject([{ fault: 'reorder-seq', seq: 1, lost: [{ sid: 1, frames: 1, first: 1, last: 1 }] }])
})

test('a delay keeps the order and ends when it is told to', async () => {
  const run = new FaultyRun(['delay=200ms,1s'])
  const { link, sent } = run.connect()
  link.send(delta(1, 1))
  await run.clock.advance(100)
  link.ping('heartbeat')
  await run.clock.advance(99)
  expect(sent).toEqual([])
  await run.clock.advance(1)
  expect(sent).toEqual([delta(1, 1)])
  await run.clock.advance(790)
  link.send(delta(1, 2))
  await run.clock.advance(20)
  link.send(delta(1, 3))
  await run.clock.advance(179)
  expect(sent).toEqual([delta(1, 1), 'ping heartbeat'])
  await run.clock.advance(1)
  link.send(delta(1, 4))
  expect(sent).toEqual([delta(1, 1), 'ping heartbeat', delta(1, 2), delta(1, 3), delta(1, 4)])
  expect(run.log).toMatchObject([
    { fault: 'delay', phase: 'begin', milliseconds: 200 },
    { fault: 'delay', phase: 'end' }
  ])
})

test('a burst holds everything back, then sends it at once', async () => {
  const run = new FaultyRun(['burst=2s every 10s'])
  const { link, sent } = run.connect()
  await run.clock.advance(10_000)
  for (const seq of range(1, 3)) link.send(delta(1, seq))
  await run.clock.advance(1_999)
  expect(sent).toEqual([])
  await run.clock.advance(1)
  expect(sent).toEqual(range(1, 3).map(seq => delta(1, seq)))
  link.send(delta(1, 4))
  expect(sent).toHaveLength(4)
  expect(run.log).toMatchObject([
    { fault: 'burst', phase: 'begin' },
    { phase: 'end', held: 3 }
  ])
})

test('what is held back is sent before a close and lost with a cut', async () => {
  const run = new FaultyRun(['burst=1m', 'close#0@1s', 'drop#1@1s'])
  const [closed, cut] = [run.connect(), run.connect()]
  for (const { link } of [closed, cut]) link.send(delta(1, 1))
  await run.clock.advance(1_000)
  expect(closed.sent).toEqual([delta(1, 1), 'close 1012'])
  expect(cut.sent).toEqual(['terminate'])
  const ends = run.log.filter(({ lost }) => lost !== undefined)
  expect(ends).toMatchObject([{ fault: 'burst', connection: 1, lost: [{ sid: 1, frames: 1, first: 1, last: 1 }] }])
})

test('more than 64 MiB are not held back', () => {
  const run = new FaultyRun(['burst=1h'])
  const { link, sent } = run.connect()
  const frame = `{"type":"x","msg":"${'x'.repeat(1024 * 1024)}"}`
  for (let sends = 0; sends < 65; sends++) link.send(frame)
  expect(sent).toHaveLength(64)
  expect(run.log.at(-1)).toMatchObject({ fault: 'burst', phase: 'overflow', held: 64 })
})

test('a cut frame is the beginning of one and no JSON', () => {
  const run = new FaultyRun(['cut:1'])
  const { link, sent } = run.connect()
  for (const seq of range(1, 200)) link.send(delta(1, seq))
  for (const [index, text] of sent.entries()) {
    expect(delta(1, index + 1).startsWith(text)).toBe(true)
    expect(() => JSON.parse(text)).toThrow(SyntaxError)
    expect(run.log[index]).toMatchObject({ fault: 'cut', sid: 1, seq: index + 1, bytes: text.length })
  }
  expect(sent).toHaveLength(200)
})

test('invented frames come at once and take the place of none', () => {
  const run = new FaultyRun([])
  const { link, sent } = run.connect()
  run.inject('malformed')
  run.inject('unknown-type')
  run.inject('huge')
  run.inject('huge=1kB')
  link.send(delta(1, 1))
  expect(() => JSON.parse(sent[0] ?? '')).toThrow(SyntaxError)
  expect(JSON.parse(sent[1] ?? '')).toMatchObject({ type: 'unheard_of' })
  expect(JSON.parse(sent[2] ?? '')).toMatchObject({ type: 'unheard_of' })
  expect(sent.slice(2).map(({ length }) => length)).toEqual([5_000_000, 1_000, delta(1, 1).length])
  expect(run.log.map(({ fault, bytes }) => [fault, bytes])).toEqual(
    ['malformed', 'unknown-type', 'huge', 'huge'].map((fault, index) => [fault, sent[index]?.length])
  )
})

test('an unknown field leaves the rest of the frame as it is', () => {
  const run = new FaultyRun(['unknown-field'])
  const { link, sent } = run.connect()
  link.send(delta(1, 1))
  expect(JSON.parse(sent[0] ?? '')).toMatchObject(JSON.parse(delta(1, 1)))
  expect(sent[0]?.match(/"unheard_of":/g)).toHaveLength(2)
  expect(run.log).toMatchObject([{ fault: 'unknown-field', sid: 1, seq: 1 }])
})

test('a wrong sid is one that was never given out', () => {
  const run = new FaultyRun(['wrong-sid'])
  const { link, sent } = run.connect()
  link.send(delta(7, 1))
  expect(sent).toEqual([delta(1_000_007, 1)])
  expect(run.log).toMatchObject([{ fault: 'wrong-sid', sid: 7, seq: 1, sentSid: 1_000_007 }])
})

test('an error fails the session after what it is about to send', async () => {
  const run = new FaultyRun(['error=25:1'])
  const { link, sent, failed } = run.connect()
  link.send(delta(1, 1))
  expect([sent, failed]).toEqual([[delta(1, 1)], []])
  await settle()
  expect(failed).toEqual([25])
  expect(run.log).toMatchObject([{ fault: 'error', code: 25 }])
})

test('so many upgrades are refused as were asked for, in the order of asking', () => {
  const run = new FaultyRun(['refuse=401x2', 'refuse=429x1'])
  run.inject('refuse=503x1')
  const answers = range(1, 5).map(() => run.faults.refuseUpgrade())
  expect(answers).toEqual([401, 401, 429, 503, undefined])
  expect(run.log.map(({ fault, status }) => `${fault} ${status}`)).toEqual([
    'refuse 401',
    'refuse 401',
    'refuse 429',
    'refuse 503'
  ])
})

test('about half of the upgrades are refused if asked so', () => {
  const { faults } = new FaultyRun(['refuse=503:0.5'])
  const refused = range(1, 1_000).filter(() => faults.refuseUpgrade() === 503)
  expect(Math.abs(refused.length - 500)).toBeLessThan(80)
})

test('a late reply comes after so many frames of data', () => {
  const run = new FaultyRun(['late-ack=2'])
  const { link, sent } = run.connect()
  for (const frame of [subscribed(1, 1), delta(1, 1), ok(2, 1, 2), delta(1, 3), delta(1, 4)]) link.send(frame)
  expect(sent).toEqual([delta(1, 1), ok(2, 1, 2), delta(1, 3), subscribed(1, 1), delta(1, 4)])
  expect(run.log).toMatchObject([{ fault: 'late-ack', type: 'subscribed', id: 1, after: 2 }])
})

test('a late reply is lost if the data never come', async () => {
  const run = new FaultyRun(['late-ack=2'])
  const { link, disconnect } = run.connect()
  link.send(subscribed(1, 1))
  disconnect()
  await settle()
  expect(run.log).toMatchObject([{ fault: 'late-ack', id: 1, lost: [{ frames: 1 }] }])
})

test('a wrong clock shifts the times in milliseconds for as long as it is wrong', async () => {
  const run = new FaultyRun(['wrong-clock=-90s,10s@1s'])
  const { link, sent } = run.connect()
  for (const seq of range(1, 3)) {
    link.send(delta(1, seq))
    await run.clock.advance(seq === 1 ? 1_000 : 10_000)
  }
  const shifted = delta(1, 2).replaceAll('1795532400002', '1795532310002')
  expect(sent).toEqual([delta(1, 1), shifted, delta(1, 3)])
  expect(run.log).toMatchObject([
    { fault: 'wrong-clock', phase: 'begin', milliseconds: -90_000 },
    { fault: 'wrong-clock', phase: 'end' }
  ])
})
