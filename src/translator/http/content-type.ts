import type { Encoding } from '../otlp/model.ts';

/** The media type of each encoding, of requests and of their answers. */
export const CONTENT_TYPE: Readonly<Record<Encoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/** The encoding that a `Content-Type` header names, whatever its case and parameters; undefined for any other type. */
export function encodingOf(contentType: string | undefined): Encoding | undefined {
  switch (contentType?.split(';', 1)[0]?.trim().toLowerCase()) {
    case CONTENT_TYPE.protobuf:
      return 'protobuf';
    case CONTENT_TYPE.json:
      return 'json';
    default:
      return undefined;
  }
}
