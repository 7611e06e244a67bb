import { type Severity, type WebhookConfig, webhookBody } from '../../model/failures';

/** What Lambda gets from a topic. */
export interface TopicEvent {
  readonly Records: readonly { readonly Sns: { readonly TopicArn: string; readonly Message: string } }[];
}

/** Where to post, from the secret. */
export interface Target {
  readonly url: string;
  readonly token?: string;
}

/** What the function needs of the world. */
export interface PostPorts {
  /** The text of the secret. */
  readonly secret: () => Promise<string>;
  /** Posts once; answers the HTTP status. */
  readonly post: (target: Target, body: string) => Promise<number>;
  readonly pause: (ms: number) => Promise<void>;
  /** From 0 up to 1. */
  readonly random: () => number;
}

const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 1_000;

/** Posts messages of topics to the webhook; throws where one could not be posted. No error tells the URL: it is a secret. */
export async function postMessages(event: TopicEvent, { topics }: WebhookConfig, ports: PostPorts): Promise<void> {
  const target = targetIn(await ports.secret());
  for (const { Sns: sns } of event.Records) {
    const [severity] = Object.entries(topics).find(([, arn]) => arn === sns.TopicArn) ?? [];
    await postOne(target, JSON.stringify(webhookBody(sns.Message, severity as Severity | undefined)), ports);
  }
}

async function postOne(target: Target, body: string, { post, pause, random }: PostPorts): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const failure = await post(target, body).then(
      (status) => (status >= 200 && status < 300 ? undefined : { words: `answered ${status}`, passing: status === 429 || status >= 500 }),
      () => ({ words: 'did not answer', passing: true }),
    );
    if (!failure) {
      return;
    }
    if (!failure.passing || attempt === ATTEMPTS) {
      throw new Error(`the webhook ${failure.words}, after ${attempt} attempt${attempt === 1 ? '' : 's'}`);
    }
    await pause(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (1 + random()));
  }
}

function targetIn(secret: string): Target {
  const { url, token } = parsed(secret);
  if (typeof url !== 'string' || !URL.canParse(url) || !isPrivate(new URL(url))) {
    throw new Error("the secret has no 'url' that starts with https://");
  }
  if (token !== undefined && typeof token !== 'string') {
    throw new Error("'token' in the secret is no text");
  }
  return { url, token };
}

function parsed(secret: string): { readonly url?: unknown; readonly token?: unknown } {
  try {
    return JSON.parse(secret) ?? {};
  } catch {
    throw new Error("the secret is no JSON with 'url' and 'token'");
  }
}

/** Nobody can listen: TLS, or the very machine. */
function isPrivate({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && hostname === '127.0.0.1');
}
