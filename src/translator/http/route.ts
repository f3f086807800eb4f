import type { IncomingMessage } from 'node:http';

/** A page of the server beside OTLP: health, own metrics, the API. */
export interface Route {
  /** Upper case. A route of GET answers HEAD too. */
  readonly method: string;
  /** The whole path, as it stands in the URL. A segment `:name` stands for any one segment, which the handler gets. */
  readonly path: string;
  /**
   * `token`: asks for a token where the server has any, and refuses pages of other origins in a browser. `public`:
   * answers everyone, as a health check must.
   */
  readonly access: 'public' | 'token';
  /** Whatever it throws is answered by 503. @param params the segments named in `path`, decoded */
  handle(request: IncomingMessage, url: URL, params: Readonly<Record<string, string>>): Promise<RouteReply>;
}

export interface RouteReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** Beside content type and length. */
  readonly headers?: Readonly<Record<string, string>>;
}
