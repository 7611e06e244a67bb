import { LINK, moments, type Shape } from './shape';

const OBJECTIVE: Shape = { outcome: 'string', promisedMs: 'number?', ms: 'number?' };

/** The members of the record of a run, as far as somebody who reads it relies on them. */
export const RUN_SHAPE: Shape = {
  recovery: 'string',
  site: 'string',
  sequence: 'number',
  previous: { optional: LINK },
  concludedMs: 'number',
  run: {
    input: { kind: 'string', id: 'string', by: 'string', sinceMs: 'number?' },
    ...moments('epoch', 'begunMs'),
    peer: 'string',
    peerState: 'string?',
    steps: { each: { state: 'string', sinceMs: 'number', untilMs: 'number?', words: 'string' } },
  },
  approval: { required: 'boolean', given: 'string?', by: 'string?' },
  outcome: 'string',
  problem: 'string?',
  achieved: { recoveryTime: OBJECTIVE, recoveryPoint: { ...OBJECTIVE, items: { each: 'number' }, unknown: ['string'] } },
  pages: { html: 'string', md: 'string' },
};
