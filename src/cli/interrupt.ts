/**
 * Calls `stop` at the first Ctrl-C or SIGTERM, so that the work ends in order. The second finds no handler left and
 * kills the process at once. Returns what takes the handlers away.
 */
export function onInterrupt(stop: () => void): () => void {
  const remove = () => {
    process.removeListener('SIGINT', first)
    process.removeListener('SIGTERM', first)
  }
  const first = () => {
    remove()
    stop()
  }
  process.on('SIGINT', first)
  process.on('SIGTERM', first)
  return remove
}
