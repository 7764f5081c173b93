// Recordings larger than what 32 bits count: a segment of more than 4 GiB, more than 2 GiB of payload in a compressed
// one, both written and read in constant memory, and a large segment cut at random places. Needs 6 GB of disk and a few
// minutes; prints what it found and ends with 1 where something is wrong.
import { randomBytes, randomInt } from 'node:crypto'
import { rmSync, statSync, truncateSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import polars from 'nodejs-polars'
import { systemClock } from '../../dist/core/clock.js'
import { FrameBatchBuilder } from '../../dist/core/frame-batch-builder.js'
import { encodeBody } from '../../dist/recording/encode-body.js'
import { FrameDigest } from '../../dist/recording/frame-digest.js'
import { openRecording } from '../../dist/recording/recording.js'
import { RecordingWriter } from '../../dist/recording/recording-writer.js'
import { readSegment } from '../../dist/recording/segment-reader.js'
import { SegmentWriter } from '../../dist/recording/segment-writer.js'

const GIBIBYTE = 2 ** 30
const ROWS = 4096
const PAYLOAD_BYTES = 1000
const MEMORY_MAX = 400e6
const CUTS = 40

const clock = systemClock()
let hasFailed = false
let memory = 0

const folder = await mkdtemp(join(process.env.KWS_SOAK_FOLDER ?? tmpdir(), 'kws-soak-'))
try {
  await recordAndRead('plain, one segment over 4 GiB', 'none', 4.4 * GIBIBYTE)
  await recordAndRead('compressed, over 2 GiB of payload', 'zstd', 2.2 * GIBIBYTE)
  await cutAtRandom()
  check('memory', `${Math.round(memory / 1e6)} MB at most, of ${MEMORY_MAX / 1e6}`, memory < MEMORY_MAX)
} finally {
  rmSync(folder, { recursive: true })
}
process.exitCode = hasFailed ? 1 : 0

async function recordAndRead(name, compression, bytes) {
  const path = join(folder, compression)
  const source = { type: 'live', url: 'ws://127.0.0.1', environment: 'soak' }
  const session = { version: 'soak', source, filtered: false, channels: [], markets: [], counters: {} }
  const rotate = { bytes: 8 * GIBIBYTE }
  const writer = await RecordingWriter.create(path, { clock, session, rotate, compression })
  const written = new FrameDigest()
  const next = generator(compression === 'zstd')
  while (writer.bytes < bytes) {
    const batch = next()
    written.add(batch)
    await writer.accept(batch)
    watchMemory()
  }
  await writer.close()
  const faults = []
  const read = new FrameDigest()
  let rows = 0
  const recording = await openRecording(path)
  for await (const batch of recording.batches(fault => faults.push(fault))) {
    read.add(batch)
    rows += batch.length
    watchMemory()
  }
  const [file] = recording.segments
  const size = statSync(file).size
  const isSame = read.end() === written.end() && faults.length === 0 && rows === writer.frames
  check(name, `${rows} frames, ${writer.bytes} bytes of payload, a file of ${size} bytes`, isSame)
  if (compression === 'none') {
    const last = polars.scanIPC(file).select('connection').tail(1).collectSync().getColumn('connection').toArray()
    check('Polars finds the last row by the footer', `connection ${last[0]}`, last[0] === rows - 1 && size > 2 ** 32)
  }
  rmSync(path, { recursive: true })
}

/** Batches whose rows count on in `connection`. What is to be compressed well repeats itself. */
function generator(isCompressible) {
  const noise = randomBytes(PAYLOAD_BYTES)
    .toString('latin1')
    .replaceAll(/[^ -~]/g, 'x')
  const builder = new FrameBatchBuilder()
  let row = 0
  return () => {
    builder.clear()
    const payload = Buffer.from(isCompressible ? 'x'.repeat(PAYLOAD_BYTES) : noise)
    for (let count = 0; count < ROWS; count++, row++) {
      payload.writeUInt32LE(0x30303030 + (row % 10), 0)
      builder.append(clock.wall(), clock.monotonic(), row, 'text', 'received', payload)
    }
    return builder.batch()
  }
}

/** The complete batches before each cut, and nothing else. */
async function cutAtRandom() {
  const file = join(folder, 'cut.arrow')
  const writer = await SegmentWriter.create(file, '{}')
  const next = generator(false)
  const ends = []
  while (writer.bytes < 400e6) {
    const batch = next()
    await writer.append(batch, encodeBody(batch))
    ends.push(writer.bytes)
  }
  await writer.seal()
  await writer.close()
  const cuts = Array.from({ length: CUTS }, () => randomInt(statSync(file).size)).sort((a, b) => b - a)
  let wrong = 0
  for (const cut of cuts) {
    truncateSync(file, cut)
    let rows = 0
    for await (const batch of readSegment(file)) rows += batch.length
    if (rows !== ends.filter(end => end <= cut).length * ROWS) wrong++
  }
  check('cut at random places', `${CUTS} cuts, ${wrong} wrong`, wrong === 0)
}

function watchMemory() {
  memory = Math.max(memory, process.memoryUsage.rss())
}

function check(name, found, isGood) {
  hasFailed ||= !isGood
  console.log(`${isGood ? 'good ' : 'WRONG'}  ${name}: ${found}`)
}
