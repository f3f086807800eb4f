import { listField, objectField, objectOf, stringField, type JsonObject } from './json-fields.ts';
import { parseJson } from './json-text.ts';
import { attributesField } from './json-values.ts';
import type { ScopeItems } from './scope-items.ts';
import { SkippedCount, skippedField } from './skipped.ts';

/** The names that a signal's three levels of lists have in JSON. */
export interface EnvelopeNames {
  readonly resources: string;
  readonly scopes: string;
  readonly items: string;
}

/** How a record, span or metric is read. */
export interface JsonItems<Item> {
  readonly decode: (from: JsonObject) => Item;
  /** The name of an item to count only; undefined for one to be decoded. Default: all are. */
  readonly skip?: ((from: JsonObject) => string | undefined) | undefined;
}

/**
 * Reads a whole export request in OTLP/JSON.
 * @throws MalformedBodyError
 */
export function decodeJsonEnvelope<Item>(
  body: Uint8Array,
  names: EnvelopeNames,
  item: JsonItems<Item>,
): readonly ScopeItems<Item>[] {
  return listField(objectOf(parseJson(body), 'body'), names.resources).flatMap((resourceItems) => {
    const resource = { attributes: attributesField(objectField(resourceItems, 'resource') ?? {}, 'attributes') };
    return listField(resourceItems, names.scopes).map((scopeItems) => {
      const scope = objectField(scopeItems, 'scope') ?? {};
      return {
        resource,
        scope: { name: stringField(scope, 'name'), version: stringField(scope, 'version') },
        ...decodeItems(listField(scopeItems, names.items), item),
      };
    });
  });
}

function decodeItems<Item>(
  list: readonly JsonObject[],
  { decode, skip }: JsonItems<Item>,
): Pick<ScopeItems<Item>, 'items' | 'skipped'> {
  if (skip === undefined) return { items: list.map(decode) };
  const items: Item[] = [];
  const skipped = new SkippedCount();
  for (const from of list) {
    const name = skip(from);
    if (name === undefined) items.push(decode(from));
    else skipped.add(name);
  }
  return { items, ...skippedField(skipped) };
}
