/** Calls back for single keys of a terminal. Returns what gives the terminal back; nothing is taken where input is none. */
export function onKeys(actions: Readonly<Record<string, () => void>>): () => void {
  const { stdin } = process
  if (!stdin.isTTY) return () => {}
  const act = (data: Buffer) => actions[data.toString()]?.()
  stdin.setRawMode(true)
  stdin.on('data', act)
  return () => {
    stdin.removeListener('data', act)
    stdin.setRawMode(false)
    stdin.pause()
  }
}

/** What a terminal in raw mode sends for these keys. */
export const KEY = { ctrlC: '\x03', right: '\x1b[C', space: ' ' } as const
