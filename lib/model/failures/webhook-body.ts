import { SEVERITIES, type Severity } from './severity';

/** What is posted to a webhook; `text` is what most chats show. */
export interface WebhookBody {
  readonly text: string;
  readonly severity?: Severity;
  /** The message as it was published: that of this library, an alarm of CloudWatch, or whatever else came. */
  readonly message: unknown;
}

/** The body for a message of a topic with a severity; a message of this library tells its own. */
export function webhookBody(message: string, ofTopic: Severity | undefined): WebhookBody {
  const parsed = parse(message);
  const severity = severityIn(parsed?.metadata) ?? ofTopic;
  const { content, AlarmName: alarm, NewStateValue: state, AlarmDescription: description, NewStateReason: reason } = parsed ?? {};
  const told = content as { readonly title?: unknown; readonly description?: unknown; readonly nextSteps?: unknown } | undefined;
  const words =
    typeof alarm === 'string'
      ? [`${state}: ${alarm}`, description, reason]
      : typeof told?.title === 'string'
        ? [told.title, told.description, ...(Array.isArray(told.nextSteps) ? told.nextSteps : [])]
        : [message];
  return {
    text: words.filter((word) => typeof word === 'string' && word !== '').join('\n'),
    ...(severity === undefined ? {} : { severity }),
    message: parsed ?? message,
  };
}

function severityIn(metadata: unknown): Severity | undefined {
  const context = (metadata as { readonly additionalContext?: { readonly severity?: unknown } } | undefined)?.additionalContext;
  return SEVERITIES.find((severity) => severity === context?.severity);
}

function parse(message: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(message);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
