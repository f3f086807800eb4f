/** Node 22 and later. */
type Transferable = ArrayBuffer & { transfer?(byteLength: number): ArrayBuffer };

/**
 * Gives the memory of a large view back now, not when a garbage collector next comes by: a stream of bodies makes it
 * come sooner than all that is made of them. The view is empty afterwards, and so is all that shares its memory, so it
 * must be the only one. What may lie in Node's pool with others stays as it is: no more than half of a pool is ever
 * given to one, whatever its size was.
 */
export function freeMemory({ buffer, byteLength }: ArrayBufferView): void {
  const isOwn = buffer.byteLength > Buffer.poolSize && 2 * byteLength > buffer.byteLength;
  if (isOwn && buffer instanceof ArrayBuffer) (buffer as Transferable).transfer?.(0);
}
