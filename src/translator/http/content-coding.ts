/** How a body is packed. */
export type ContentCoding = 'identity' | 'gzip';

/** The coding that a `Content-Encoding` header names; undefined for one that we do not unpack. */
export function codingOf(contentEncoding: string | undefined): ContentCoding | undefined {
  switch (contentEncoding?.trim().toLowerCase() ?? '') {
    case '':
    case 'identity':
      return 'identity';
    case 'gzip':
      return 'gzip';
    default:
      return undefined;
  }
}
