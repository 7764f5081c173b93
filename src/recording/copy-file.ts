import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { RunningChecksum } from './running-checksum.ts'

/** Copies a file into a new one, whose digest and size it gives. */
export async function copyFile(from: string, to: string): Promise<{ readonly digest: string; readonly bytes: number }> {
  const checksum = new RunningChecksum()
  let bytes = 0
  const handle = await open(to, 'wx')
  try {
    for await (const chunk of createReadStream(from, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
      checksum.append(chunk)
      await handle.writeFile(chunk)
      bytes += chunk.length
    }
    await handle.datasync()
  } finally {
    await handle.close()
  }
  return { digest: checksum.digest, bytes }
}
