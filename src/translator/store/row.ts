import type { SQLOutputValue } from 'node:sqlite';

/** A row as the driver gives it. What is not as it was written tells that the file is damaged. */
export type Row = Record<string, SQLOutputValue>;

export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new Error(`column ${column} of the store holds no text: the file is damaged`);
  return value;
}

export function number(row: Row, column: string): number {
  const value = row[column];
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  throw new Error(`column ${column} of the store holds no number: the file is damaged`);
}

/** Of a statement that reads 64-bit integers. */
export function integer(row: Row, column: string): bigint {
  const value = row[column];
  if (typeof value === 'bigint') return value;
  throw new Error(`column ${column} of the store holds no integer: the file is damaged`);
}

export function bytes(row: Row, column: string): Uint8Array {
  const value = row[column];
  if (value instanceof Uint8Array) return value;
  throw new Error(`column ${column} of the store holds no bytes: the file is damaged`);
}

/** Undefined where the column holds nothing. */
export function optionalBytes(row: Row, column: string): Uint8Array | undefined {
  return row[column] === null ? undefined : bytes(row, column);
}
