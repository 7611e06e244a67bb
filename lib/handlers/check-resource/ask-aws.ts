import { Unable } from '../checks/finding';

const DENIED = /AccessDenied|Unauthorized|Forbidden|NotAuthorized/i;
const THROTTLED = /Throttl|TooManyRequests|SlowDown|RequestLimitExceeded|ProvisionedThroughputExceeded|LimitExceeded/i;
const SILENT = /Timeout|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE|NetworkingError/i;

/** Asks a service. An error becomes a reason for not being able to look; `what` says what was asked for. */
export async function ask<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof Unable ? error : new Unable(`${what}: ${reasonOf(error)}`);
  }
}

/** The same, but undefined where the service answers with one of these errors. */
export async function askUnless<T>(names: readonly string[], what: string, call: () => Promise<T>): Promise<T | undefined> {
  return ask(what, async () => {
    try {
      return await call();
    } catch (error) {
      if (names.includes(nameOf(error))) {
        return undefined;
      }
      throw error;
    }
  });
}

/** Why a service has not answered, in words without names of users, roles or keys. */
export function reasonOf(error: unknown): string {
  const name = nameOf(error);
  if (isThrottled(error)) {
    return `too many requests, in every attempt (${name})`;
  }
  if (DENIED.test(name) || statusOf(error) === 403) {
    return `the function may not do it (${name})`;
  }
  if (name === 'AbortError') {
    return 'the time of the function is over';
  }
  if (SILENT.test(`${name} ${(error as { code?: string }).code ?? ''}`)) {
    return `no answer (${name})`;
  }
  return error instanceof SyntaxError || /deserializ|parse/i.test((error as Error | undefined)?.message ?? '')
    ? 'the answer cannot be read to its end'
    : name;
}

/** Whether a service has had too many requests. */
export function isThrottled(error: unknown): boolean {
  return THROTTLED.test(nameOf(error)) || (statusOf(error) === 429 && nameOf(error) !== 'Error');
}

/** Name of an error, as the service calls it. */
export function nameOf(error: unknown): string {
  const { name, Code: code } = (error ?? {}) as { name?: string; Code?: string };
  return name && name !== 'Error' ? name : (code ?? (error as { code?: string } | undefined)?.code ?? 'unknown error');
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
}
