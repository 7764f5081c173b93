import { batchOf } from '../../src/core/frame-batch-builder.ts'
import type { Feed, FrameBatch } from '../../src/core/frame.ts'
import { framesOf } from '../../src/core/frame.ts'
import type { Nanoseconds } from '../../src/core/time.ts'
import { envelopeOf } from './fault-account.ts'

/** A feed without the frames whose `seq` was used up already. */
export function withoutDuplicates(feed: Feed): Feed {
  return { isFiltered: connection => feed.isFiltered(connection), [Symbol.asyncIterator]: () => firstOnly(feed) }
}

async function* firstOnly(feed: Feed): AsyncGenerator<FrameBatch> {
  const last = new Map<string, number>()
  for await (const batch of feed) {
    const frames = framesOf(batch).filter(({ connection, kind, payload }) => {
      const { sid, seq } = kind === 'text' ? envelopeOf(Buffer.from(payload).toString()) : {}
      if (sid === undefined || seq === undefined) return true
      const name = `${connection}/${sid}`
      const isNew = seq > (last.get(name) ?? 0)
      if (isNew) last.set(name, seq)
      return isNew
    })
    yield batchOf(frames)
  }
}

/** A feed that has something done after the last frame up to a time. */
export function stopped(feed: Feed, at: Nanoseconds, act: () => void): Feed {
  return { isFiltered: connection => feed.isFiltered(connection), [Symbol.asyncIterator]: () => inTwo(feed, at, act) }
}

async function* inTwo(feed: Feed, at: Nanoseconds, act: () => void): AsyncGenerator<FrameBatch> {
  let isBefore = true
  for await (const batch of feed) {
    const frames = framesOf(batch)
    const before = isBefore ? frames.filter(({ receivedAt }) => receivedAt <= at) : []
    yield batchOf(before)
    if (isBefore && before.length < frames.length) {
      isBefore = false
      act()
    }
    yield batchOf(frames.slice(before.length))
  }
}
