import type { Frame } from '../../src/core/frame.ts'
import { DIRECTIONS, FRAME_KINDS } from '../../src/core/frame.ts'
import { SeededRandom } from '../../src/exchange/seeded-random.ts'
import { practiceFrames } from '../audit/practice-frames.ts'
import { Tamperer } from '../protocol/bytes/tamperer.ts'

const ERAS = ['current', 'dual', 'legacy'] as const
const LIST = '{"markets":[{"ticker":"KXNEW-1-A","event_ticker":"KXNEW-1","status":"active"}],"cursor":""}'

/**
 * What recorders of several connections to practice exchanges of all eras might have stored on a bad day: frames are
 * lost, repeated, exchanged, tampered with and strange, a clock is set back, connections break off and come again. On
 * a calm day that happens to one frame in a hundred.
 */
export function faultyFrames(seed: number, { isCalm = false } = {}): Frame[] {
  const random = new SeededRandom(seed)
  const tamperer = new Tamperer(seed)
  const lives = Array.from({ length: 4 }, (_, life) =>
    practiceFrames({
      seed: seed + (life % 2),
      markets: 6,
      steps: 60,
      snapshotsEvery: 25,
      roundLength: 40,
      era: ERAS[random.integer(0, 2)] ?? 'current',
      useYesPrice: random.chance(0.4),
      // The third goes on under the number of the first.
      connection: life % 3,
      opens: random.integer(0, 6) + life,
      secondsApart: 0.03 + 0.05 * life
    })
  )
  const others = lives.flat().flatMap(({ kind, payload }) => (kind === 'text' ? [Buffer.from(payload)] : []))
  const frames = lives.flat().sort((a, b) => Number(a.receivedAt - b.receivedAt))
  return frames.flatMap((frame, at): Frame[] => {
    const fate = isCalm && random.chance(0.9) ? UNHARMED : random.integer(0, 99)
    const payload = () => tamperer.tamper(Buffer.from(frame.payload), others)
    if (fate < 2) return []
    if (fate < 4) return [frame, frame]
    if (fate < 6) return [frames[at + 1] ?? frame, frame]
    if (fate < 11) return [{ ...frame, payload: payload() }]
    if (fate < 12) return [{ ...frame, receivedAt: frame.receivedAt - 3_500_000_000n }]
    if (fate < 13) return [{ ...frame, payload: withField(frame.payload) }]
    if (fate < 14) return [frame, { ...frame, kind: 'rest', payload: Buffer.from(LIST) }]
    if (fate > 98) return [{ ...frame, kind: pick(random, FRAME_KINDS), direction: pick(random, DIRECTIONS) }]
    return [frame]
  })
}

const UNHARMED = 50

/** A field that nobody knows yet. */
function withField(payload: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(payload).toString().replace('"msg":{', '"msg":{"flavour":"sour",'))
}

function pick<Choice>(random: SeededRandom, choices: readonly Choice[]): Choice {
  return choices[random.integer(0, choices.length - 1)] as Choice
}
