/** What became of the frames of two recorders. */
export interface MergeCounts {
  /** Frames of the other recorder that the base has as well. */
  duplicates: number
  /** Its snapshots of books that were known without them. */
  snapshots: number
  /** Its frames whose `seq` was used up: left out. */
  repeated: number
  /** Its frames that fill places of the base's `seq`. */
  spliced: number
  /** Its frames that the base lacks, on connections of their own. */
  added: number
  /** Its frames of one connection alone: events, commands, replies, pings, REST. */
  control: number
  /** Snapshots that were made of the other recorder's book. */
  made: number
  /** Commands that were made to say that a book is not to be relied on. */
  doubted: number
  /** Gaps of the base's `seq`, and those of them of which nothing is left. */
  baseGaps: number
  filledGaps: number
  /** Gaps of the other recorder's, and those of them that the base is not known to fill. */
  otherGaps: number
  sharedGaps: number
}

export function noMergeCounts(): MergeCounts {
  return {
    duplicates: 0,
    snapshots: 0,
    repeated: 0,
    spliced: 0,
    added: 0,
    control: 0,
    made: 0,
    doubted: 0,
    baseGaps: 0,
    filledGaps: 0,
    otherGaps: 0,
    sharedGaps: 0
  }
}
