import { type RunOutcome, refused, type SiteRegister, to } from '../../../lib/model/recovery';
import { drillAge, drillMissingMs, provenBy } from '../../../lib/model/recovery/drill-age';
import { DAY, HOUR } from '../../../lib/model/time';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const register: SiteRegister = {
  version: 1,
  role: 'standby',
  epoch: 0,
  seen: 0,
  lifted: 0,
  gate: 'open',
  diverted: false,
  reclaimed: false,
};

test('a run that is completed is remembered', () => {
  expect(provenBy(to(register), 'completed', NOW).register).toEqual({ ...register, provenMs: NOW });
});

test.each<RunOutcome>(['refused', 'aborted', 'rolled-back', 'halted', 'superseded', 'failed'])(
  'one that is %s proves nothing',
  (outcome) => {
    expect(provenBy(to({ ...register, provenMs: 1 }), outcome, NOW).register).toEqual({ ...register, provenMs: 1 });
  },
);

test('a refusal stays one', () => {
  expect(provenBy(refused('no'), 'completed', NOW)).toEqual(refused('no'));
});

test.each([
  ['the last good end', { provenMs: NOW - HOUR }, { holdMs: 0, sinceMs: NOW - DAY }, HOUR],
  ['when the site was made, where there was none', {}, { holdMs: 0, sinceMs: NOW - DAY }, DAY],
  ['nothing at all, by a clock that runs ahead', { provenMs: NOW + HOUR }, { holdMs: 0 }, 0],
  ['nothing that anybody knows', {}, { holdMs: 0 }, undefined],
  ['nothing, where no drill is arranged', { provenMs: NOW - HOUR }, undefined, undefined],
])('counts from %s', (_, known, drill, age) => {
  expect(drillAge({ ...register, ...known }, { drill }, NOW)).toBe(age);
});

test('a drill is missing two days after the shortest time between two, and what the traffic stays away', () => {
  expect(drillMissingMs([90 * DAY, 30 * DAY], HOUR)).toBe(32 * DAY + HOUR);
});
