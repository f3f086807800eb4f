import type { Resource, Scope } from './model.ts';
import { decodeResource, decodeScope, type OpenResource, type OpenScope } from './protobuf-envelope.ts';
import type { ProtobufReader } from './protobuf-reader.ts';
import { ENVELOPE } from './tags.ts';

/** What is done with the items of a request while it is walked. */
export interface ItemVisitor {
  /** Before the first item of a scope. */
  enterScope(resource: Resource, scope: Scope): void;
  /** Reads, or passes over, the item that starts where the reader stands. */
  visit(reader: ProtobufReader): void;
}

/**
 * Walks a whole export request in the order that senders write it in: a resource before its scopes, a scope before its
 * items. False when one of them comes later, as protobuf allows: then the items before it were visited too early.
 * @throws MalformedBodyError
 */
export function walkProtobufEnvelope(reader: ProtobufReader, visitor: ItemVisitor): boolean {
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag !== ENVELOPE.resourceItems) reader.skip(tag);
    else if (!walkResourceItems(reader, visitor)) return false;
  }
  return true;
}

function walkResourceItems(reader: ProtobufReader, visitor: ItemVisitor): boolean {
  const outerEnd = reader.enter();
  const resource: OpenResource = { attributes: {} };
  let isUsed = false;
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === ENVELOPE.resource) {
      if (isUsed) return false;
      decodeResource(reader, resource);
    } else if (tag === ENVELOPE.scopeItems) {
      isUsed = true;
      if (!walkScopeItems(reader, resource, visitor)) return false;
    } else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return true;
}

function walkScopeItems(reader: ProtobufReader, resource: Resource, visitor: ItemVisitor): boolean {
  const outerEnd = reader.enter();
  const scope: OpenScope = { name: '', version: '' };
  let isUsed = false;
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === ENVELOPE.scope) {
      if (isUsed) return false;
      decodeScope(reader, scope);
    } else if (tag === ENVELOPE.items) {
      if (!isUsed) visitor.enterScope(resource, scope);
      isUsed = true;
      visitor.visit(reader);
    } else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return true;
}
