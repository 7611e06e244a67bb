import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsClients } from './aws-clients';

/**
 * Calls of services of which one or two operations are needed: their SDK clients together would be larger than all else in the function.
 * JSON protocols name the operation in a header, REST ones in method and path, query ones in the body.
 */
export interface SignedCall {
  /** As it is signed, and its host is called. */
  readonly service: string;
  readonly region?: string;
  /** Address of a cluster of its own. */
  readonly endpoint?: string;
  /** `X-Amz-Target` of JSON protocols. */
  readonly target?: string;
  readonly version?: '1.0' | '1.1';
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly path?: string;
  /** Parameters of the query protocol. */
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** What calls are signed for, and with. */
export type SigningClients = Pick<AwsClients, 'region' | 'dynamodb'>;

/** An error that a service has answered with. */
export class CallFailed extends Error {
  constructor(
    name: string,
    message: string,
    public readonly status: number,
  ) {
    super(message);
    this.name = name;
  }
}

const ATTEMPTS = 3;
const TIMEOUT_MS = 8_000;
const PAUSE_MS = 300;

/** Makes a call; throttling and errors of the service are tried again. */
export async function signedCall(clients: SigningClients, call: SignedCall): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(clients, call);
    } catch (error) {
      const passing = !(error instanceof CallFailed) || error.status >= 500 || error.status === 429 || /Throttl/.test(error.name);
      if (!passing || attempt === ATTEMPTS) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt * (1 + Math.random())));
    }
  }
}

async function once(clients: SigningClients, call: SignedCall): Promise<string> {
  const { service, region = clients.region, target, version = '1.1', method = 'POST', path = '/', query, body } = call;
  const url = new URL(path, call.endpoint ?? process.env.AWS_ENDPOINT_URL ?? `https://${service}.${region}.${suffixOf(region)}`);
  const text = query ? new URLSearchParams(query).toString() : method === 'GET' ? '' : JSON.stringify(body ?? {});
  const type = query
    ? 'application/x-www-form-urlencoded; charset=utf-8'
    : target
      ? `application/x-amz-json-${version}`
      : 'application/json';
  const signer = new SignatureV4({ service, region, credentials: clients.dynamodb.config.credentials, sha256: NodeSha256 });
  const signed = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port ? { port: Number(url.port) } : {}),
    path: url.pathname,
    headers: { host: url.host, 'content-type': type, ...(target ? { 'x-amz-target': target } : {}) },
    ...(text ? { body: text } : {}),
  });
  const answer = await fetch(url, {
    method,
    headers: signed.headers,
    ...(text ? { body: text } : {}),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const said = await answer.text();
  if (!answer.ok) {
    throw new CallFailed(errorName(said, answer.headers.get('x-amzn-errortype')), said.slice(0, 500), answer.status);
  }
  return said;
}

/** The name of an error, wherever a protocol has it. */
export function errorName(said: string, header: string | null): string {
  const found = header ?? /"__type"\s*:\s*"([^"]+)"/.exec(said)?.[1] ?? /<Code>([^<]+)</.exec(said)?.[1] ?? 'CallFailed';
  return found.split('#').at(-1)?.split(':')[0] ?? found;
}

export function suffixOf(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}

/** The hash that signatures are made with. */
export class NodeSha256 {
  private readonly parts: Uint8Array[] = [];

  constructor(private readonly secret?: string | ArrayBuffer | ArrayBufferView) {}

  public update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.parts.push(bytes(data));
  }

  public async digest(): Promise<Uint8Array> {
    const hash = this.secret === undefined ? createHash('sha256') : createHmac('sha256', bytes(this.secret));
    return this.parts.reduce((made, part) => made.update(part), hash).digest();
  }

  public reset(): void {
    this.parts.length = 0;
  }
}

function bytes(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') {
    return Buffer.from(data);
  }
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
}
