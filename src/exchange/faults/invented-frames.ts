/** Frames that the exchange would never send. None of them uses up a seq. */

/** No JSON: it reads like the exchange's own at first. */
export const MALFORMED_FRAME = '{"type":"orderbook_delta","msg":{"market_ticker":}}\n'

export const UNKNOWN_FRAME = '{"type":"unheard_of","msg":{"since":["never"]}}\n'

/** Of so many bytes. */
export function hugeFrame(bytes: number): string {
  const [before, after] = ['{"type":"unheard_of","msg":{"padding":"', '"}}\n']
  return before + 'x'.repeat(Math.max(0, bytes - before.length - after.length)) + after
}
