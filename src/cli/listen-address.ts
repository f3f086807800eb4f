import { UsageError } from './usage-error.ts';

export interface ListenAddress {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1']);
const ANY = new Set(['0.0.0.0', '::']);

/**
 * Reads `HOST:PORT`; IPv6 in brackets.
 * @throws UsageError when it is something else
 */
export function parseListenAddress(text: string): ListenAddress {
  const [, bracketed, plain, digits = ''] = /^(?:\[([^\]]+)\]|([^:[\]\s/]+)):(\d{1,5})$/.exec(text.trim()) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || port > 65_535) {
    throw new UsageError(`--listen '${text}' is not an address; write HOST:PORT, such as 127.0.0.1:4318`);
  }
  return { host, port };
}

/** True when the URL leads back to this listener, whatever name of this machine it uses: what is sent there comes back for ever. */
export function isOwnListener(url: URL, address: ListenAddress): boolean {
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (port !== address.port) return false;
  if (host === address.host || ANY.has(host)) return true;
  return LOOPBACK.has(host) && (LOOPBACK.has(address.host) || ANY.has(address.host));
}
