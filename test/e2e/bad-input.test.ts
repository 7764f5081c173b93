import { createHash, generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { batchOf } from '../../src/core/frame-batch-builder.ts'
import { PracticeExchange } from '../../src/exchange/practice-exchange.ts'
import { RecordingWriter } from '../../src/recording/recording-writer.ts'
import { textFrame, tickerFrame } from '../frames.ts'
import { temporaryFolder } from '../temporary.ts'
import { linesOf, runKws } from './run-kws.ts'

async function smallRecording(): Promise<string> {
  const directory = join(temporaryFolder(), 'small')
  const source = { type: 'import', files: [], lacks: [] } as const
  const session = { version: 'test', source, filtered: false, channels: [], markets: [], counters: {} }
  const writer = await RecordingWriter.create(directory, { clock: systemClock(), session })
  const bids = ['0.5000', '0.5500', '0.6000']
  await writer.accept(batchOf(bids.map((bid, at) => textFrame(tickerFrame('KXTEST-A', bid, bid), at))))
  await writer.close()
  return directory
}

describe('bad input', () => {
  it.each([
    [['record', '--env', 'moon'], 2, /Allowed choices are prod, demo/],
    [['record', '--duration', 'soon'], 2, /write a duration such as 90s/],
    [['record', '--rotate', 'often'], 2, /write a size such as 256MB or a duration/],
    [['record', '--channels', 'tickers'], 2, /there is no channel tickers/],
    [['record', '--channels', 'orderbook_delta', '--url', 'ws://127.0.0.1:1'], 2, /name some with --markets/],
    [
      ['record', '--url', 'ws://127.0.0.1:1', '--markets', 'KXA,KXB', '--max-markets', '1'],
      2,
      /2 markets are named, but --max-markets is 1/
    ],
    [['record', '--url', 'http://127.0.0.1:1'], 2, /no WebSocket URL/],
    [['record', '--url', 'ws://me:secret@127.0.0.1:1'], 2, /leave user name and password out/],
    [['record'], 1, /needs credentials: set KALSHI_API_KEY_ID/],
    [['record', '--url', 'ws://127.0.0.1:1/'], 1, /nothing listens there/],
    [['replay', '--speed', 'fast'], 2, /write a speed such as 1x/],
    [['replay', '/no/such/recording'], 1, /there is no recording/],
    [['replay', '--dir', '/no/such/folder'], 1, /there is no recording in/],
    [['replay', '--scanner', 'moovers'], 2, /unknown scanner moovers, did you mean movers\? there are movers, opp/],
    [['replay', '--min-change', '0'], 2, /write a change above 0/],
    [['replay', '--scanner', './none.ts'], 2, /no scanner file/],
    [['scan'], 2, /either --live or --replay/],
    [['import'], 2, /missing required argument 'files'/],
    [['import', '/no/such/file'], 1, /cannot be read/],
    [['import', resolve('bin/kws')], 3, /no line of .* is a JSON object/],
    [
      ['import', resolve('fixtures/frames.jsonl'), '--out', '/proc/kws/r'],
      1,
      /cannot record into .* choose another directory/
    ],
    [['frobnicate'], 2, /unknown command 'frobnicate'/],
    [['info', '--nonsense'], 2, /unknown option '--nonsense'/]
  ])('kws %j ends with %i', async (args, code, message) => {
    const outcome = await runKws(args)
    expect(outcome.stderr).toMatch(message)
    expect(outcome.stderr).not.toMatch(/ {4}at /)
    expect(outcome.stderr.trim().split('\n').length).toBeLessThanOrEqual(3)
    expect(outcome).toMatchObject({ code, stdout: '' })
  })

  it('refuses an empty directory and a file that is not Arrow', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'empty'))
    writeFileSync(join(folder, 'notes.txt'), 'these are not the frames you are looking for\n'.repeat(10))
    expect(await runKws(['info', join(folder, 'empty')])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/holds no recording/)
    })
    expect(await runKws(['replay', join(folder, 'notes.txt')])).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/is not an Arrow file/)
    })
  })

  it('never writes into a directory that holds something', async () => {
    const recording = await smallRecording()
    const exchange = await PracticeExchange.start({ clock: systemClock() })
    onTestFinished(() => exchange.close())
    const { code, stderr } = await runKws(['record', '--url', exchange.url, '--out', recording, '--duration', '1s'])
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/is not empty/) })
  })

  it('says what to check when the exchange refuses the upgrade', async () => {
    const exchange = await PracticeExchange.start({ clock: systemClock(), refuseUpgrade: { status: 401 } })
    onTestFinished(() => exchange.close())
    const { code, stderr } = await runKws(['record', '--url', exchange.url])
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/HTTP 401: check .*clock/) })
  })

  it('goes on after a scanner has thrown, tells the frame, and ends at once with --strict', async () => {
    const recording = await smallRecording()
    const scanner = join(temporaryFolder(), 'grumpy.js')
    writeFileSync(
      scanner,
      `export default () => ({ name: 'grumpy', channels: [], onMessage(message, { emit }) {
         if (message.yesBid === 5500) throw new Error('not this one')
         emit({ market: message.marketTicker, kind: 'fine', values: {} })
       } })`
    )
    const lenient = await runKws(['replay', recording, '--scanner', scanner, '--json'])
    expect(lenient.stderr).toMatch(/scanner grumpy threw at frame 2 \(2026-11-24T12:00:01\.000000000Z\): not this one/)
    expect(lenient.code).toBe(0)
    expect(linesOf(lenient.stdout)).toHaveLength(2)
    const strict = await runKws(['replay', recording, '--scanner', scanner, '--json', '--strict'])
    expect(strict.stderr).toMatch(/^kws: scanner grumpy threw at frame 2 .*: not this one$/m)
    expect(strict.code).toBe(1)
  })

  it('warns of times that lie outside of the recording', async () => {
    const recording = await smallRecording()
    const warningsOf = async (...times: string[]) =>
      (await runKws(['replay', recording, '--json', '--log-level', 'warn', ...times])).stderr.replaceAll(/^\S+ /gm, '')
    const [before, after, inside] = await Promise.all([
      warningsOf('--from', '2020-01-01T00:00:00Z'),
      warningsOf('--from', '+1s', '--to', '+5m'),
      warningsOf('--from', '+1s', '--to', '+2s')
    ])
    expect(before).toBe(
      'warn --from lies before the first frame, which was received at 2026-11-24T12:00:00.000000000Z\n'
    )
    expect(after).toBe('warn --to lies after the last frame, which was received at 2026-11-24T12:00:02.000000000Z\n')
    expect(inside).toBe('')
  })

  it('tells in one line that standard output or .env cannot be used', async context => {
    if (!existsSync('/dev/full')) return context.skip('there is no /dev/full here')
    const recording = await smallRecording()
    for (const flags of [['--json'], []]) {
      const { code, stderr } = await runKws(['replay', recording, '--log-level', 'warn', ...flags], {
        stdout: '/dev/full'
      })
      const reason = 'kws: cannot write to standard output: ENOSPC: no space left on device, write\n'
      expect({ code, stderr }).toEqual({ code: 1, stderr: reason })
    }
    const folder = temporaryFolder()
    mkdirSync(join(folder, '.env'))
    const { code, stderr } = await runKws(['record'], { cwd: folder })
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^kws: cannot read .*\.env: EISDIR.*\n$/)
    })
  })

  it('reads a key from .env whose line breaks are written as \\n', async () => {
    const exchange = await PracticeExchange.start({ clock: systemClock() })
    onTestFinished(() => exchange.close())
    const folder = temporaryFolder()
    const { privateKey } = generateKeyPairSync('ed25519')
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().replaceAll('\n', '\\n')
    writeFileSync(join(folder, '.env'), `KALSHI_API_KEY_ID=me\nKALSHI_PRIVATE_KEY=${pem}\n`)
    const { code, stderr } = await runKws(['record', '--url', exchange.url, '--duration', '100ms'], { cwd: folder })
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('kws:') })
  })

  it('leaves no trace of a key or signature in what it writes', async () => {
    const exchange = await PracticeExchange.start({ clock: systemClock() })
    onTestFinished(() => exchange.close())
    const folder = temporaryFolder()
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    writeFileSync(join(folder, 'key.pem'), pem, { mode: 0o600 })
    const keyId = createHash('sha256').update(pem).digest('hex')
    const env = { KALSHI_API_KEY_ID: keyId, KALSHI_PRIVATE_KEY_PATH: join(folder, 'key.pem') }
    const recording = join(folder, 'r')
    const args = ['record', '--url', exchange.url, '--out', recording, '--duration', '1s', '--log-level', 'debug']
    const { code, stdout, stderr } = await runKws(args, { env })
    expect(code).toBe(0)
    const left = [stdout, stderr, ...(await textsOf(recording))].join('\n')
    expect(left).toContain(exchange.url)
    expect(left).not.toContain(keyId)
    expect(left).not.toMatch(/KALSHI-ACCESS|PRIVATE KEY/)
    expect(left).not.toContain(pem.split('\n')[1])
  })
})

async function textsOf(folder: string): Promise<string[]> {
  const { readdir, readFile } = await import('node:fs/promises')
  return await Promise.all((await readdir(folder)).map(async name => await readFile(join(folder, name), 'latin1')))
}
