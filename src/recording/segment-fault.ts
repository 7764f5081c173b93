/** What reading a segment tells to be wrong with it. Its complete batches are read all the same. */
export type ReadFault =
  /** The recorder was killed or is still at work: nothing is missing, but tools that want an Arrow file refuse it. */
  | { readonly type: 'unsealed'; readonly file: string }
  /**
   * So many bytes, from an offset to the end, are no complete batch: what a killed recorder was writing, with how many
   * rows, or null where nothing tells.
   */
  | {
      readonly type: 'torn'
      readonly file: string
      readonly offset: number
      readonly bytes: number
      readonly rows: number | null
    }
  /** The bytes at an offset are not those that were written; rows are left out: how many, or null where nothing tells. */
  | { readonly type: 'corrupt'; readonly file: string; readonly offset: number; readonly rows: number | null }

/** What is wrong with a segment, by itself or by what `session.json` says of it. */
export type SegmentFault =
  | ReadFault
  /** `session.json` lists it with so many rows, but it is gone. */
  | { readonly type: 'missing'; readonly file: string; readonly rows: number }
  /** It was sealed with the listed rows, and since then has been cut or replaced; the damaged ones are among the rows. */
  | { readonly type: 'differs'; readonly file: string; readonly rows: number; readonly listed: number }
  /** It lies beside the segments but `session.json` does not list it: it is left out, since it may be a copy of one. */
  | { readonly type: 'unlisted'; readonly file: string }

export type OnFault = (fault: SegmentFault) => void
export type OnReadFault = (fault: ReadFault) => void

/** Whether frames that were safe are lost, or something that was sealed has changed: the work ends with exit code 3. */
export function isDamage(fault: SegmentFault): boolean {
  switch (fault.type) {
    case 'corrupt':
    case 'missing':
    case 'differs':
      return true
    case 'unsealed':
    case 'torn':
    case 'unlisted':
      return false
  }
}
