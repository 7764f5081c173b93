/** Calls back with the keys of a terminal. Returns what gives the terminal back; nothing is taken where input is none. */
export function onKeys(press: (key: string) => void): () => void {
  const { stdin } = process
  if (!stdin.isTTY) return () => {}
  const act = (data: Buffer) => {
    for (const key of keysIn(data.toString())) press(key)
  }
  stdin.setRawMode(true)
  stdin.on('data', act)
  return () => {
    stdin.removeListener('data', act)
    stdin.setRawMode(false)
    stdin.pause()
  }
}

/** Keys that are struck fast, or pasted, come together; one that begins with an escape is a key by itself. */
function keysIn(text: string): readonly string[] {
  return text.startsWith(KEY.escape) ? [text] : text.split('')
}

/** What a terminal in raw mode sends for these keys. */
export const KEY = {
  ctrlC: '\x03',
  right: '\x1b[C',
  space: ' ',
  escape: '\x1b',
  enter: '\r',
  backspace: '\x7f'
} as const
