/** Node 22 and later. */
type Transferable = ArrayBuffer & { transfer?(byteLength: number): ArrayBuffer };

/**
 * Gives the memory of a large buffer back now, not when a garbage collector next comes by: a stream of bodies makes it
 * come sooner than all that is made of them. The buffer is empty afterwards, and so is all that shares its memory, so it
 * must be the only one of its memory. A small one, which may lie in Node's pool with others, stays as it is.
 */
export function freeMemory({ buffer }: { readonly buffer: ArrayBufferLike }): void {
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength <= Buffer.poolSize) return;
  (buffer as Transferable).transfer?.(0);
}
