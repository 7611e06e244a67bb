import { createHash } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { contentTypeOf, type ObjectStore } from '../evidence/object-store';
import { CallFailed, errorName, NodeSha256, type SigningClients, suffixOf } from './signed-call';

interface ObjectCall {
  readonly method: 'GET' | 'HEAD' | 'PUT';
  /** Left out: the bucket itself. */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Answered {
  readonly status: number;
  readonly version: string;
  readonly bytes: Uint8Array;
}

const ATTEMPTS = 6;
const TIMEOUT_MS = 8_000;
const PAUSE_MS = 60;
const ABSENT = 404;
/** Another write to the same key is under way, so that S3 cannot tell who is first. */
const CONFLICT = 409;
const REFUSED = 412;
const THROTTLED = 429;

/**
 * A bucket by four calls, signed here: the client of S3 would be a tenth of the function. Whoever may not list the bucket is told of denied access in
 * place of absence, and then nothing here works: as it should.
 */
export function objectsOf(clients: SigningClients, bucket: string): ObjectStore {
  const write = async (key: string, body: string, condition: Readonly<Record<string, string>>): Promise<boolean> => {
    // without a checksum nothing may be put where Object Lock keeps it (Amazon S3 API Reference: PutObject)
    const headers = { ...condition, 'content-type': contentTypeOf(key), 'content-md5': createHash('md5').update(body).digest('base64') };
    const { status } = await called(clients, bucket, { method: 'PUT', key, body, headers }, [REFUSED, ABSENT]);
    return status < ABSENT;
  };
  return {
    read: async (key) => {
      const { status, bytes, version } = await called(clients, bucket, { method: 'GET', key }, [ABSENT]);
      return status === ABSENT ? undefined : { bytes, version };
    },
    create: (key, text) => write(key, text, { 'if-none-match': '*' }),
    replace: (key, text, version) => write(key, text, { 'if-match': version }),
    async *list(prefix) {
      let token: string | undefined;
      do {
        const query = { 'list-type': '2', prefix, ...(token === undefined ? {} : { 'continuation-token': token }) };
        const { bytes } = await called(clients, bucket, { method: 'GET', query });
        const page = new TextDecoder().decode(bytes);
        for (const [, key] of page.matchAll(/<Key>([^<]*)<\/Key>/g)) {
          yield plain(key);
        }
        const next = plain(/<NextContinuationToken>([^<]*)</.exec(page)?.[1] ?? '');
        if (page.includes('<IsTruncated>true<') && (next === '' || next === token)) {
          throw new Error(`the list of '${bucket}' says that it goes on, and does not`);
        }
        token = next || undefined;
      } while (token !== undefined);
    },
  };
}

/** Whether there is a bucket of that name that this function may see. */
export async function hasBucket(clients: SigningClients, bucket: string): Promise<boolean> {
  return (await called(clients, bucket, { method: 'HEAD' }, [ABSENT])).status !== ABSENT;
}

/** Makes a call; what may pass is tried again. A status of `expected` is an answer. */
async function called(clients: SigningClients, bucket: string, call: ObjectCall, expected: readonly number[] = []): Promise<Answered> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(clients, bucket, call, expected);
    } catch (error) {
      const { status = 500 } = error as { readonly status?: number };
      if (attempt === ATTEMPTS || !(status >= 500 || status === CONFLICT || status === THROTTLED)) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * 2 ** attempt * Math.random()));
    }
  }
}

async function once(clients: SigningClients, bucket: string, call: ObjectCall, expected: readonly number[]): Promise<Answered> {
  const { region } = clients;
  const { method, key = '', query = {}, headers = {}, body } = call;
  const url = new URL(process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL ?? `https://s3.${region}.${suffixOf(region)}`);
  url.pathname = `/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
  const signer = new SignatureV4({
    service: 's3',
    region,
    credentials: clients.dynamodb.config.credentials,
    sha256: NodeSha256,
    // a key is signed as it is sent (Amazon S3 API Reference: authenticating requests)
    uriEscapePath: false,
  });
  const signed = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port ? { port: Number(url.port) } : {}),
    path: url.pathname,
    query,
    headers: { host: url.host, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  url.search = new URLSearchParams(query).toString().replaceAll('+', '%20');
  const answer = await fetch(url, {
    method,
    headers: signed.headers,
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const said = answer.ok ? '' : new TextDecoder().decode(bytes);
  if (!answer.ok && !(expected.includes(answer.status) && !said.includes('<Code>NoSuchBucket<'))) {
    throw new CallFailed(errorName(said, null), said.slice(0, 500), answer.status);
  }
  return { status: answer.status, version: answer.headers.get('etag') ?? '', bytes };
}

const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'", '&amp;': '&' };

/** XML text as what it stands for. */
function plain(text: string): string {
  return text.replace(/&(?:lt|gt|quot|apos|amp);/g, (found) => ENTITIES[found]);
}
