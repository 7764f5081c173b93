import * as zlib from 'node:zlib'

/** One-shot compression of a buffer as one zstd frame that holds its own length. */
export interface Zstd {
  compress(bytes: Uint8Array, level: number): Uint8Array
  /** The length is that of the bytes before compression. */
  decompress(bytes: Uint8Array, length: number): Uint8Array
}

/** What newer Nodes have in `node:zlib`; the types are those of Node 20. */
interface PlatformZstd {
  readonly zstdCompressSync?: (bytes: Uint8Array, options: object) => Buffer
  readonly zstdDecompressSync?: (bytes: Uint8Array, options: object) => Buffer
  readonly constants: Readonly<Record<string, number>>
}

/** The platform's own, where it has one: it takes less than half the time. */
export async function loadZstd(): Promise<Zstd> {
  return platformZstd() ?? (await wasmZstd())
}

/** Undefined before Node 22.15. */
export function platformZstd(): Zstd | undefined {
  const { zstdCompressSync, zstdDecompressSync, constants }: PlatformZstd = zlib
  const levelKey = constants['ZSTD_c_compressionLevel']
  if (zstdCompressSync === undefined || zstdDecompressSync === undefined || levelKey === undefined) {
    return undefined
  }
  return {
    compress: (bytes, level) => zstdCompressSync(bytes, { params: { [levelKey]: level } }),
    // In one piece, where the default is many of 16 KiB.
    decompress: (bytes, length) => zstdDecompressSync(bytes, { chunkSize: Math.max(length, 64) })
  }
}

let wasm: Promise<Zstd> | undefined

/** The same for every Node, compiled to WebAssembly. */
export async function wasmZstd(): Promise<Zstd> {
  // A second initialization would take the memory from under those who use the first.
  return await (wasm ??= loadWasm())
}

async function loadWasm(): Promise<Zstd> {
  const { init, compress, decompress } = await import('@bokuweb/zstd-wasm')
  await init()
  return {
    compress,
    decompress: (bytes, length) => decompress(bytes, { defaultHeapSize: length })
  }
}
