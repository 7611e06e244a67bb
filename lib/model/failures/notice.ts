import type { Severity } from './severity';

/** Something that somebody has to hear of. */
export interface Notice {
  readonly severity: Severity;
  /** One sentence without a full stop. */
  readonly says: string;
  /** Heading of docs/runbook.md, as it stands in links. */
  readonly section: string;
  readonly type: string;
  readonly state: string;
  readonly resource?: string;
  readonly vault?: string;
  readonly region?: string;
  readonly account?: string;
  readonly eventId?: string;
}

/** What is published to a topic. */
export interface Message {
  readonly subject: string;
  readonly body: string;
}

/** SNS takes 100 characters as the subject of a message. */
const SUBJECT_LENGTH = 100;
/** More than any status says; a chat shows no more than 8,000. */
const TEXT_LENGTH = 4_000;

/** What a message says, and what machines can filter it by. */
export interface ChatMessage {
  readonly title: string;
  readonly description: string;
  readonly nextSteps: readonly string[];
  readonly keywords: readonly string[];
  readonly eventType: string;
  readonly resources?: readonly string[];
  readonly context: Readonly<Record<string, string | undefined>>;
}

/** Tells of something that happened. */
export function messageOf(notice: Notice, runbook: string): Message {
  const where = notice.region ? ` in ${notice.region}` : '';
  const { severity, state, vault, region, account, eventId } = notice;
  return chatMessage({
    title: `${severity.toUpperCase()}: ${notice.type.replace(' State Change', '').toLowerCase()} ${state}${where}`,
    description: notice.says,
    nextSteps: [`${runbook}#${notice.section}`],
    keywords: [severity, state],
    eventType: notice.type,
    resources: notice.resource ? [notice.resource] : [],
    context: { severity, vault, region, account, eventId },
  });
}

/**
 * A message for people and machines: JSON in the form that Amazon Q Developer in chat applications shows as a message of its
 * own, indented, so that it can be read in a mail.
 */
export function chatMessage({ title, description, nextSteps, keywords, eventType, resources = [], context }: ChatMessage): Message {
  const body = {
    version: '1.0',
    source: 'custom',
    content: { textType: 'client-markdown', title, description: shortened(description, TEXT_LENGTH), nextSteps, keywords },
    metadata: {
      summary: title,
      eventType,
      relatedResources: resources,
      additionalContext: Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined)),
    },
  };
  return { subject: shortened(title.replace(/[^\x20-\x7e]/g, '?'), SUBJECT_LENGTH), body: JSON.stringify(body, undefined, 2) };
}

function shortened(words: string, length: number): string {
  return words.length <= length ? words : `${words.slice(0, length - 3)}...`;
}
