import { listField, objectField, objectOf, stringField, type JsonObject } from './json-fields.ts';
import { parseJson } from './json-text.ts';
import { attributesField } from './json-values.ts';
import type { ScopeItems } from './scope-items.ts';

/** The names that a signal's three levels of lists have in JSON. */
export interface EnvelopeNames {
  readonly resources: string;
  readonly scopes: string;
  readonly items: string;
}

/**
 * Reads a whole export request in OTLP/JSON.
 * @throws MalformedBodyError
 */
export function decodeJsonEnvelope<Item>(
  body: Uint8Array,
  names: EnvelopeNames,
  decodeItem: (from: JsonObject) => Item,
): readonly ScopeItems<Item>[] {
  return listField(objectOf(parseJson(body), 'body'), names.resources).flatMap((resourceItems) => {
    const resource = { attributes: attributesField(objectField(resourceItems, 'resource') ?? {}, 'attributes') };
    return listField(resourceItems, names.scopes).map((scopeItems) => {
      const scope = objectField(scopeItems, 'scope') ?? {};
      return {
        resource,
        scope: { name: stringField(scope, 'name'), version: stringField(scope, 'version') },
        items: listField(scopeItems, names.items).map(decodeItem),
      };
    });
  });
}
