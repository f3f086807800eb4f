import { writeAttributes } from './encode-values.ts';
import type { Resource } from './model.ts';
import { ProtobufWriter } from './protobuf-writer.ts';
import { ENVELOPE, RESOURCE } from './tags.ts';

/** The fields of resources that come again and again, each as long as its object lives. */
const encodedResources = new WeakMap<Resource, Uint8Array>();

/** Encodes a resource once that is on many requests. It must not change from here on; the answer is the same object. */
export function keepEncoded(resource: Resource): Resource {
  const writer = new ProtobufWriter();
  writeAttributes(writer, RESOURCE.attributes, resource.attributes);
  encodedResources.set(resource, writer.finish());
  return resource;
}

/** Writes the `Resource` of an envelope's entry. */
export function writeResource(writer: ProtobufWriter, resource: Resource): void {
  const encoded = encodedResources.get(resource);
  if (encoded !== undefined) {
    writer.bytesValue(ENVELOPE.resource, encoded);
    return;
  }
  const start = writer.open(ENVELOPE.resource);
  writeAttributes(writer, RESOURCE.attributes, resource.attributes);
  writer.close(start);
}
