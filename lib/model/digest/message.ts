import { chatMessage, type Message } from '../failures';
import { type Digest, type DigestVerdict, dateOf } from './judge';

/** Heading of docs/runbook.md. */
const SECTION = 'weekly-digest';
/** Lines of a digest that nobody reads to the end help nobody; what is wrong comes first. */
const MOST_LINES = 40;

const TITLES: Readonly<Record<DigestVerdict, (digest: Digest) => string>> = {
  good: () => 'Weekly digest: all that was judged is well',
  bad: ({ bad }) => `Weekly digest: ${bad.length} to look into`,
  blind: ({ blind, bad }) =>
    `Weekly digest: cannot say that all is well, ${blind.length} not looked at${bad.length > 0 ? `, ${bad.length} to look into` : ''}`,
};

/** The message of a digest, for people and machines; one that tells of nothing but success can be filtered out by its verdict. */
export function digestMessage(
  digest: Digest,
  about: { readonly fromMs: number; readonly toMs: number; readonly region: string; readonly runbook: string },
): Message {
  const { verdict, blind, bad, good, notes } = digest;
  const lines = [
    ...blind.map((text) => `NOT LOOKED AT - ${text}`),
    ...bad.map((text) => `LOOK INTO - ${text}`),
    ...good.map((text) => `ok - ${text}`),
    ...notes.map((text) => `note - ${text}`),
  ];
  const shown = lines.slice(0, MOST_LINES);
  return chatMessage({
    title: TITLES[verdict](digest),
    description: [
      `From ${dateOf(about.fromMs)} to ${dateOf(about.toMs)}`,
      ...shown,
      ...(lines.length > shown.length ? [`and ${lines.length - shown.length} more`] : []),
    ].join('\n'),
    nextSteps: [`${about.runbook}#${SECTION}`],
    keywords: ['digest', verdict],
    eventType: 'Weekly digest',
    context: { severity: verdict === 'good' ? 'low' : 'high', region: about.region, digest: verdict },
  });
}
