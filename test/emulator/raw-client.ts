import type { Emulator } from './harness';

/** A request to a service whose SDK client is not a development dependency of this project. */
export interface RawRequest {
  /** The name that requests to the service are signed with, such as `elasticfilesystem`. */
  readonly service: string;
  readonly region: string;
  readonly method: string;
  readonly path: string;
  readonly body?: object | string;
  readonly headers?: Record<string, string>;
}

/** The answer to it. */
export interface RawAnswer {
  readonly status: number;
  /** Parsed where it is JSON, text otherwise. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever the service says
  readonly body: any;
}

/** Sends a request as an SDK would, but for the signature, which the emulator does not check. */
export async function callService(emulator: Emulator, request: RawRequest): Promise<RawAnswer> {
  const { service, region, method, path, body, headers } = request;
  const text = typeof body === 'object' ? JSON.stringify(body) : body;
  const response = await fetch(`${emulator.url}${path}`, {
    method,
    body: text,
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=testing/20300101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=x`,
      ...(text !== undefined && { 'content-type': typeof body === 'object' ? 'application/json' : 'application/xml' }),
      ...headers,
    },
  });
  const answer = await response.text();
  return { status: response.status, body: answer.startsWith('{') ? JSON.parse(answer) : answer };
}
