import { makeData } from 'apache-arrow/data'
import type { Data } from 'apache-arrow/data'
import { AsyncByteQueue } from 'apache-arrow/io/stream'
import { RecordBatchFileWriter } from 'apache-arrow/ipc/writer'
import { RecordBatch } from 'apache-arrow/recordbatch'
import { Field, Schema } from 'apache-arrow/schema'
import { Bool, Decimal, Int64, Struct, TimestampNanosecond, Utf8 } from 'apache-arrow/type'
import type { DataType } from 'apache-arrow/type'
import type { Cell, Column, ColumnType } from '../column.ts'
import { DECIMAL_PRECISION, DECIMALS } from '../column.ts'
import type { TableEncoder, TableFormat } from '../format.ts'
import { encodeBits, encodeDecimals, encodeTexts, encodeWholes } from './arrow-columns.ts'

/** An Arrow IPC file, one record batch a block, neither compressed nor with dictionaries: any reader can map it. */
export const arrow: TableFormat = {
  extension: 'arrow',
  blockRows: 65_536,
  isText: false,
  encoder: columns => new ArrowEncoder(columns)
}

class ArrowEncoder implements TableEncoder {
  readonly #columns: readonly Column[]
  readonly #schema: Schema
  readonly #bytes = new TakenBytes()
  readonly #writer = new RecordBatchFileWriter()

  constructor(columns: readonly Column[]) {
    this.#columns = columns
    this.#schema = new Schema(columns.map(({ name, type, nullable }) => new Field(name, arrowTypeOf(type), nullable)))
  }

  begin(): Uint8Array[] {
    this.#writer.reset(this.#bytes, this.#schema)
    return this.#bytes.take()
  }

  encode(rows: readonly (readonly Cell[])[]): Uint8Array[] {
    const children = this.#columns.map(({ type }, at) =>
      encodeColumn(
        type,
        rows.map(row => row[at] ?? null)
      )
    )
    const data = makeData({ type: new Struct(this.#schema.fields), length: rows.length, nullCount: 0, children })
    this.#writer.write(new RecordBatch(this.#schema, data))
    return this.#bytes.take()
  }

  end(): Uint8Array[] {
    this.#writer.close()
    return this.#bytes.take()
  }
}

/** Stands where the writer would have a stream. */
class TakenBytes extends AsyncByteQueue {
  #chunks: Uint8Array[] = []

  override write(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
  }

  take(): Uint8Array[] {
    const chunks = this.#chunks
    this.#chunks = []
    return chunks
  }
}

function arrowTypeOf(type: ColumnType): DataType {
  switch (type) {
    case 'time':
      return new TimestampNanosecond()
    case 'price':
    case 'count':
      return new Decimal(DECIMALS[type], DECIMAL_PRECISION, 128)
    case 'whole':
      return new Int64()
    case 'text':
      return new Utf8()
    case 'boolean':
      return new Bool()
  }
}

function encodeColumn(type: ColumnType, cells: readonly Cell[]): Data {
  const nullCount = cells.filter(cell => cell === null).length
  const nulls = nullCount === 0 ? {} : { nullBitmap: encodeBits(cells, cell => cell !== null) }
  const props = { length: cells.length, nullCount, ...nulls }
  switch (type) {
    case 'time':
      return makeData({ ...props, type: new TimestampNanosecond(), data: encodeWholes(cells) })
    case 'price':
    case 'count':
      return makeData({
        ...props,
        type: new Decimal(DECIMALS[type], DECIMAL_PRECISION, 128),
        data: encodeDecimals(cells)
      })
    case 'whole':
      return makeData({ ...props, type: new Int64(), data: encodeWholes(cells) })
    case 'text':
      return makeData({ ...props, type: new Utf8(), ...encodeTexts(cells) })
    case 'boolean':
      return makeData({ ...props, type: new Bool(), data: encodeBits(cells, cell => cell === true) })
  }
}
