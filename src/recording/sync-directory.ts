import { open } from 'node:fs/promises'

/** Has the names of a directory's files on the disk, too; their contents are synced one by one. */
export async function syncDirectory(directory: string): Promise<void> {
  // Windows opens no directories, and keeps names safe without being asked.
  if (process.platform === 'win32') return
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
