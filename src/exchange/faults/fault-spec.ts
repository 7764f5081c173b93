/** When a fault is done on a connection. */
export type When =
  /** As soon as the client connects; of a control call, at once. */
  | { readonly kind: 'now' }
  /** Once, so long after the client connected or after the exchange started. */
  | { readonly kind: 'once'; readonly since: 'connect' | 'start'; readonly milliseconds: number }
  | { readonly kind: 'every'; readonly milliseconds: number }
  /** At each frame that the fault can be done to, with this probability. */
  | { readonly kind: 'chance'; readonly probability: number }

/** Something that goes wrong. */
export type Fault = ConnectionFault | Refusal

/** `forMilliseconds` is how long it lasts; undefined for ever. */
export type ConnectionFault =
  | { readonly name: TamperingName | 'reorder-seq' | 'drop' | 'malformed' | 'unknown-type' }
  | { readonly name: 'late-ack'; readonly dataFrames: number }
  | { readonly name: 'close'; readonly code: number }
  | { readonly name: 'error'; readonly code: number }
  | { readonly name: 'huge'; readonly bytes: number }
  | { readonly name: 'silent'; readonly forMilliseconds: number | undefined }
  | { readonly name: 'burst'; readonly forMilliseconds: number }
  /** Later, or ahead if positive. */
  | {
      readonly name: 'delay' | 'wrong-clock'
      readonly milliseconds: number
      readonly forMilliseconds: number | undefined
    }

/** The faults that are done to one frame of data at a time and leave none, one or two in its place. */
export type TamperingName = 'skip-seq' | 'repeat-seq' | 'cut' | 'unknown-field' | 'wrong-sid'

export interface Refusal {
  readonly name: 'refuse'
  /** Of HTTP. */
  readonly status: number
  /** How many upgrades are refused; undefined for all. */
  readonly times: number | undefined
}

export type FaultName = Fault['name']

export interface FaultSpec<Done extends Fault = Fault> {
  readonly fault: Done
  /** The number of the only connection that it is done on; undefined for all. */
  readonly connection: number | undefined
  readonly when: When
}
