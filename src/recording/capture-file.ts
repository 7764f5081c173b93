import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** The lines of a file that may be gzipped, whatever its name, many at a time and without their line ends. */
export async function* readLines(path: string): AsyncGenerator<readonly Buffer[], void, undefined> {
  const file = createReadStream(path)
  // An error of the file comes out at the end of the pipeline, and so does leaving the loop early.
  const bytes: AsyncIterable<Buffer> = (await isGzip(path)) ? pipeline(file, createGunzip(), () => {}) : file
  let rest: readonly Buffer[] = []
  for await (const chunk of withoutMark(bytes)) {
    const lines: Buffer[] = []
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      lines.push(trimmed(Buffer.concat([...rest, chunk.subarray(start, end)])))
      rest = []
      start = end + 1
    }
    rest = [...rest, chunk.subarray(start)]
    yield lines
  }
  yield [trimmed(Buffer.concat(rest))]
}

/** Some programs mark a text as UTF-8 with a byte order mark at its start, which is no part of the first line. */
async function* withoutMark(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let start: Buffer | undefined = Buffer.alloc(0)
  for await (const chunk of bytes) {
    if (start === undefined) {
      yield chunk
      continue
    }
    start = Buffer.concat([start, chunk])
    if (start.length < BYTE_ORDER_MARK.length) continue
    yield start.subarray(start.indexOf(BYTE_ORDER_MARK) === 0 ? BYTE_ORDER_MARK.length : 0)
    start = undefined
  }
  if (start !== undefined) yield start
}

const BYTE_ORDER_MARK = Buffer.of(0xef, 0xbb, 0xbf)
const NEWLINE = 10
const CARRIAGE_RETURN = 13

function trimmed(line: Buffer): Buffer {
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line
}

async function isGzip(path: string): Promise<boolean> {
  const handle = await open(path)
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0)
    return buffer[0] === 0x1f && buffer[1] === 0x8b
  } finally {
    await handle.close()
  }
}
