import type { Nanoseconds } from '../core/time.ts'
import type { Coverage } from './coverage.ts'
import type { Item, Line } from './line.ts'
import { isSure } from './line.ts'

/**
 * Finds out which frames of the other recorder are those that a line of the base lacks, up to the next twin, and gives
 * them their places. It is certain where between two twins just as many places are free as there are frames that the
 * line must have got and has not: then each is in one of them, and both recorders got them in one order.
 *
 * @param until up to this time it is known of each frame whether it has a twin
 */
export function planFilling(line: Line, coverage: Coverage, until: Nanoseconds): void {
  line.isPlanned = true
  const partner = line.beside
  if (partner === null || partner.usesYesPrice !== line.usesYesPrice) return
  const next = nextTwin(line, partner, until)
  if (next === undefined) return
  const lacking: Item[] = []
  for (let n = 0; ; n++) {
    const item = partner.pending.at(n)
    if (item === undefined || item === next.twin) break
    if (isLacking(item) && coverage.includes(line, item)) lacking.push(item)
  }
  const places = freePlaces(line, next, lacking.length)
  if (places.length !== lacking.length) return
  for (const [index, seq] of places.entries()) {
    const item = lacking[index]
    if (item !== undefined) item.place = { line, seq }
  }
}

/** Of the other recorder: content that the base has not, and not even something equal. */
export function isLacking({ role, twin, isAmbiguous, message: { seq } }: Item): boolean {
  return role === 'content' && twin === null && !isAmbiguous && seq !== null
}

/** The next frame of the base's line with a sure twin, if that is on the partner and still to come. */
function nextTwin(line: Line, partner: Line, until: Nanoseconds): Item | undefined {
  for (let n = 0; ; n++) {
    const item = line.pending.at(n)
    if (item === undefined || item.at > until) return undefined
    const { twin } = item
    if (twin === null || !isSure(item)) continue
    return twin.line === partner && !twin.isDone && twin.at <= until ? item : undefined
  }
}

/** Those between the frames of a line up to one of them; one more than asked for where there are more. */
function freePlaces(line: Line, end: Item, count: number): number[] {
  const places: number[] = []
  let next = (line.written ?? 0) + 1
  for (let n = 0; ; n++) {
    const item = line.pending.at(n)
    if (item === undefined) return places
    const { seq } = item.message
    if (seq !== null && item.role !== 'repeated') {
      for (; next < seq && places.length <= count; next++) places.push(next)
      next = seq + 1
    }
    if (item === end) return places
  }
}
