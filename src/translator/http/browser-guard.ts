import type { IncomingMessage } from 'node:http';

/**
 * True for a request that a page of another origin made in somebody's browser. A server on loopback that asks for no
 * token can be reached by every page that the user visits, also under a name of the page's own that its DNS turns to
 * 127.0.0.1: there the host that was asked for must be this machine.
 */
export function isFromOtherOrigin(request: IncomingMessage, mustBeLoopback: boolean): boolean {
  const { origin, host = '' } = request.headers;
  if (origin !== undefined && hostOf(origin)?.host !== hostOf(`http://${host}`)?.host) return true;
  return mustBeLoopback && !isLoopback(hostOf(`http://${host}`)?.hostname ?? '');
}

/** True for a name or an address of this machine's own interface, as it stands in a URL or in a configuration. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '::1' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** The scheme does not count: a proxy may have taken the TLS off. */
function hostOf(origin: string): URL | undefined {
  const bare = origin.replace(/^https:/, 'http:');
  return URL.canParse(bare) ? new URL(bare) : undefined;
}
