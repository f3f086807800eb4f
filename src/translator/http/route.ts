import type { IncomingMessage } from 'node:http';

/** A page of the server beside OTLP: health, own metrics, the API. */
export interface Route {
  /** Upper case. */
  readonly method: string;
  /** The whole path, as it stands in the URL. */
  readonly path: string;
  /** Whatever it throws is answered by 503. */
  handle(request: IncomingMessage, url: URL): Promise<RouteReply>;
}

export interface RouteReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}
