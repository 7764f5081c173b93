import type { ColumnSource, SchemaElement } from 'hyparquet-writer'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import type { Cell, Column, ColumnType } from '../column.ts'
import { DECIMAL_PRECISION, DECIMALS } from '../column.ts'
import type { TableEncoder, TableFormat } from '../format.ts'

/** One row group a block, compressed with Snappy; all numbers are 64 bits wide. */
export const parquet: TableFormat = {
  extension: 'parquet',
  blockRows: 65_536,
  isText: false,
  encoder: columns => new ParquetEncoder(columns)
}

class ParquetEncoder implements TableEncoder {
  readonly #columns: readonly Column[]
  readonly #bytes = new TakenBytes()
  readonly #writer: ParquetWriter

  constructor(columns: readonly Column[]) {
    this.#columns = columns
    const schema = [{ name: 'root', num_children: columns.length }, ...columns.map(elementOf)]
    this.#writer = new ParquetWriter({ writer: this.#bytes, schema, createdBy: 'kws' })
  }

  begin(): Uint8Array[] {
    return [this.#bytes.take()]
  }

  encode(rows: readonly (readonly Cell[])[]): Uint8Array[] {
    const columnData = this.#columns.map(({ name, type }, at): ColumnSource => {
      const data = rows.map(row => toStored(type, row[at] ?? null))
      return isCounter(type) ? { name, data, encoding: 'DELTA_BINARY_PACKED' } : { name, data }
    })
    // It would return a promise only if its bytes had a `flush`.
    void this.#writer.write({ columnData, rowGroupSize: rows.length })
    return [this.#bytes.take()]
  }

  end(): Uint8Array[] {
    void this.#writer.finish()
    return [this.#bytes.take()]
  }
}

/** Bytes that are taken away as they come; offsets go on from the start of the file. */
class TakenBytes extends ByteWriter {
  take(): Uint8Array {
    const bytes = this.getBytes()
    this.buffer = new ArrayBuffer(FIRST_BYTES)
    this.view = new DataView(this.buffer)
    this.index = 0
    return bytes
  }
}

const FIRST_BYTES = 1024

/**
 * Times are not said to be in UTC, though they are: DuckDB would take them for a type of its own that holds microseconds
 * only and is shown in the time zone of the machine.
 */
function elementOf({ name, type, nullable }: Column): SchemaElement {
  const repetition_type = nullable ? 'OPTIONAL' : 'REQUIRED'
  switch (type) {
    case 'time':
      return {
        name,
        repetition_type,
        type: 'INT64',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'NANOS' }
      }
    case 'price':
    case 'count': {
      const decimal = { precision: DECIMAL_PRECISION, scale: DECIMALS[type] }
      return {
        name,
        repetition_type,
        type: 'INT64',
        converted_type: 'DECIMAL',
        ...decimal,
        logical_type: { type: 'DECIMAL', ...decimal }
      }
    }
    case 'whole':
      return { name, repetition_type, type: 'INT64' }
    case 'text':
      return { name, repetition_type, type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } }
    case 'boolean':
      return { name, repetition_type, type: 'BOOLEAN' }
  }
}

function toStored(type: ColumnType, cell: Cell): Cell {
  if (cell === null) return null
  return type === 'text' || type === 'boolean' ? cell : BigInt(cell)
}

/** Most times and whole numbers count up, and are far smaller as differences. */
function isCounter(type: ColumnType): boolean {
  return type === 'time' || type === 'whole'
}
