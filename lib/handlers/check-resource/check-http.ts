import type { HttpCheckSpec } from '../../model/verification';
import type { CheckContext } from '../checks/check-run';
import { type Finding, failed, passed, Unable } from '../checks/finding';

/** How long an answer may take, all of it. */
const TIMEOUT_MS = 30_000;
const MAX_REDIRECTS = 5;
/** The text has to come within so much of the body. */
const MAX_BYTES = 5 * 1024 * 1024;

/** An answer, as far as it is looked at. */
interface Answered {
  readonly status: number;
  readonly contains: boolean;
}

/** Asks an address. Certificates are verified, and redirects followed to the same host only. Nothing of the body is told. */
export async function checkHttp(check: HttpCheckSpec, context: CheckContext, timeoutMs = TIMEOUT_MS): Promise<Finding> {
  const { status, contains } = check;
  if (!Number.isInteger(status)) {
    throw new Unable("'status' of the check is no number");
  }
  const url = addressOf(check.url, context);
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(timeoutMs)]);
  const answered = await ask(url, check, signal).catch((error) => {
    throw error instanceof Unable ? error : new Unable(`${url.host} ${reasonOf(error, timeoutMs)}`);
  });
  if (answered.status !== status) {
    return failed(`status ${answered.status}`);
  }
  return contains === undefined || answered.contains
    ? passed(`status ${answered.status}${contains === undefined ? '' : ', with the expected text'}`)
    : failed(`status ${answered.status}, without the expected text`);
}

function addressOf(text: string, { input: { target } }: CheckContext): URL {
  if (typeof text !== 'string') {
    throw new Unable("'url' of the check is no text");
  }
  const { host = target.address, port } = target.endpoint ?? {};
  if ((text.includes('{host}') && !host) || (text.includes('{port}') && !port)) {
    throw new Unable('what was restored has no endpoint, but the address of the check asks for it');
  }
  const filled = text.replaceAll('{host}', host?.includes(':') ? `[${host}]` : `${host}`).replaceAll('{port}', String(port));
  const url = URL.canParse(filled) ? new URL(filled) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    throw new Unable('the address of the check is none of http or https');
  }
  return url;
}

async function ask(address: URL, { status, contains }: HttpCheckSpec, signal: AbortSignal): Promise<Answered> {
  let url = address;
  for (let redirects = 0; ; redirects += 1) {
    const response = await fetch(url.href, { redirect: 'manual', signal });
    const location = response.headers.get('location');
    if (response.status === status || !location || response.status < 300 || response.status > 399) {
      return { status: response.status, contains: await hasText(response, contains) };
    }
    await response.body?.cancel();
    const next = URL.canParse(location, url.href) ? new URL(location, url.href) : undefined;
    if (next?.hostname !== url.hostname || (url.protocol === 'https:' && next.protocol !== 'https:')) {
      return { status: response.status, contains: false };
    }
    if (redirects === MAX_REDIRECTS) {
      throw new Unable(`${url.host} redirects more than ${MAX_REDIRECTS} times`);
    }
    url = next;
  }
}

/** Looks for a text in a body that may come in pieces, and may be larger than the memory. */
async function hasText(response: Response, contains: string | undefined): Promise<boolean> {
  if (contains === undefined || !response.body) {
    await response.body?.cancel();
    return false;
  }
  const decoder = new TextDecoder();
  let kept = '';
  let bytes = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    kept += decoder.decode(chunk, { stream: true });
    if (kept.includes(contains)) {
      return true;
    }
    if (bytes > MAX_BYTES) {
      return false;
    }
    kept = kept.slice(-contains.length);
  }
  return false;
}

const REASONS: Readonly<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: 'has a certificate for another host name',
  CERT_HAS_EXPIRED: 'has a certificate that is not valid any more',
  CERT_NOT_YET_VALID: 'has a certificate that is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'has a certificate that no trusted authority vouches for',
  SELF_SIGNED_CERT_IN_CHAIN: 'has a certificate that no trusted authority vouches for',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'has a certificate that no trusted authority vouches for',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'has a certificate that no trusted authority vouches for',
  ENOTFOUND: 'is a name that nobody knows',
  EAI_AGAIN: 'is a name that cannot be looked up',
  ECONNREFUSED: 'refuses to be connected to',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
  ECONNRESET: 'breaks the connection off',
  UND_ERR_SOCKET: 'breaks the connection off',
};

function reasonOf(error: unknown, timeoutMs: number): string {
  const { name, cause } = (error ?? {}) as { name?: string; cause?: { code?: string; errors?: { code?: string }[] } };
  if (name === 'TimeoutError' || name === 'AbortError') {
    return `does not answer to the end within ${timeoutMs / 1_000} seconds`;
  }
  const code = cause?.code ?? cause?.errors?.[0]?.code ?? '';
  return REASONS[code] ?? (/TIMEOUT/i.test(code) ? 'does not answer' : `cannot be asked (${code || name || 'unknown error'})`);
}
