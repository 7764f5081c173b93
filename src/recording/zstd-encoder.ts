import { Worker } from 'node:worker_threads'
import type { FrameBatch } from '../core/frame.ts'
import type { BodyEncoder } from './body-encoder.ts'
import type { CompressedBatch } from './compress-worker.ts'
import type { Body } from './encode-body.ts'
import { encodeBody } from './encode-body.ts'
import { packBatch } from './packed-batch.ts'

/**
 * Compresses in a thread of its own, so that the one that receives frames goes on. If that thread fails, batches are
 * stored as they are: a recording may hold both.
 */
export class ZstdEncoder implements BodyEncoder {
  readonly #worker: Worker
  /** Of batches that have been compressed. */
  readonly #memories: ArrayBuffer[] = []
  #hasFailed = false
  /** Of the batches that are under way, in their order. */
  readonly #resolves: ((answer: CompressedBatch | undefined) => void)[] = []

  constructor(level: number) {
    this.#worker = new Worker(WORKER, { workerData: level, execArgv: [] })
    this.#worker.on('message', (answer: CompressedBatch) => this.#resolves.shift()?.(answer))
    this.#worker.on('error', () => this.#fail())
    this.#worker.on('exit', () => this.#fail())
    // Only a batch that is under way keeps the process alive.
    this.#worker.unref()
  }

  async encode(batch: FrameBatch): Promise<Body> {
    if (this.#hasFailed) return encodeBody(batch)
    const packed = packBatch(batch, this.#memories.pop() ?? new ArrayBuffer(0))
    this.#worker.ref()
    const answer = await new Promise<CompressedBatch | undefined>(resolve => {
      this.#resolves.push(resolve)
      this.#worker.postMessage(packed, [packed.memory])
    })
    if (this.#resolves.length === 0) this.#worker.unref()
    if (answer === undefined) return encodeBody(batch)
    this.#memories.push(answer.memory)
    return answer.body
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #fail(): void {
    this.#hasFailed = true
    for (const resolve of this.#resolves.splice(0)) resolve(undefined)
  }
}

/** A thread loads no TypeScript on Node 20: where this file has not been compiled, the compiled ones are beside it. */
const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/recording/compress-worker.js' : './compress-worker.js',
  import.meta.url
)
