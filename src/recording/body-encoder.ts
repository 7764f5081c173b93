import type { FrameBatch } from '../core/frame.ts'
import type { Body } from './encode-body.ts'
import { encodeBody } from './encode-body.ts'

/** How the bodies of batches are stored. */
export const COMPRESSIONS = ['zstd', 'none'] as const
export type Compression = (typeof COMPRESSIONS)[number]

/** Makes of each batch what is stored of it, one after the other. The batch must not change until it has. */
export interface BodyEncoder {
  encode(batch: FrameBatch): Body | Promise<Body>
  close(): Promise<void>
}

/** Stores batches as they are. */
export const plainEncoder: BodyEncoder = { encode: encodeBody, close: async () => {} }
