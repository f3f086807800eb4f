import type { OpenAttributes } from './attributes.ts';
import { ProtobufReader } from './protobuf-reader.ts';
import { decodeAttribute } from './protobuf-values.ts';
import type { ScopeItems } from './scope-items.ts';
import { SkippedCount, skippedField } from './skipped.ts';
import { ENVELOPE, RESOURCE, SCOPE } from './tags.ts';

// Fields may come in any order, so a resource or scope may be filled after the items that point to it.
export interface OpenResource {
  readonly attributes: OpenAttributes;
}

export interface OpenScope {
  name: string;
  version: string;
}

/** How a record, span or metric that starts where the reader stands is read. */
export interface ProtobufItems<Item> {
  readonly decode: (reader: ProtobufReader) => Item;
  /** The name of an item to count only, with the reader moved after it; undefined for one to be decoded. Default: all are. */
  readonly skip?: ((reader: ProtobufReader) => string | undefined) | undefined;
}

/**
 * Reads a whole export request.
 * @throws MalformedBodyError
 */
export function decodeProtobufEnvelope<Item>(body: Uint8Array, item: ProtobufItems<Item>): readonly ScopeItems<Item>[] {
  const reader = new ProtobufReader(body);
  const batch: ScopeItems<Item>[] = [];
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === ENVELOPE.resourceItems) decodeResourceItems(reader, batch, item);
    else reader.skip(tag);
  }
  return batch;
}

function decodeResourceItems<Item>(reader: ProtobufReader, batch: ScopeItems<Item>[], item: ProtobufItems<Item>): void {
  const outerEnd = reader.enter();
  const resource: OpenResource = { attributes: {} };
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === ENVELOPE.resource) decodeResource(reader, resource);
    else if (tag === ENVELOPE.scopeItems) batch.push(decodeScopeItems(reader, resource, item));
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
}

function decodeScopeItems<Item>(
  reader: ProtobufReader,
  resource: OpenResource,
  { decode, skip }: ProtobufItems<Item>,
): ScopeItems<Item> {
  const outerEnd = reader.enter();
  const scope: OpenScope = { name: '', version: '' };
  const items: Item[] = [];
  const skipped = skip === undefined ? undefined : new SkippedCount();
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === ENVELOPE.scope) decodeScope(reader, scope);
    else if (tag === ENVELOPE.items) {
      const name = skip?.(reader);
      if (name === undefined) items.push(decode(reader));
      else skipped?.add(name);
    } else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return { resource, scope, items, ...skippedField(skipped) };
}

/** Reads the `Resource` that starts here, on top of what is known of it. */
export function decodeResource(reader: ProtobufReader, resource: OpenResource): void {
  const outerEnd = reader.enter();
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === RESOURCE.attributes) decodeAttribute(reader, resource.attributes);
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
}

/** The same for an `InstrumentationScope`. */
export function decodeScope(reader: ProtobufReader, scope: OpenScope): void {
  const outerEnd = reader.enter();
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === SCOPE.name) scope.name = reader.repeatedString();
    else if (tag === SCOPE.version) scope.version = reader.repeatedString();
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
}
