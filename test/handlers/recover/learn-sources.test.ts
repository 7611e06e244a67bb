import type { PeerStatus, RestoredConfig } from '../../../lib/model/recovery';
import { OSAKA, siteConfig, TOKYO } from '../../model/recovery/sites';
import { FAILOVER, FakeSite } from './fakes';

const FILES: RestoredConfig = {
  kind: 'recovery-points',
  name: 'files',
  order: 1,
  vault: 'vault',
  resourceType: 'EFS',
  learnsSource: true,
  roleArn: 'arn:role',
  identifier: 'files',
  metadata: {},
  parameterPath: '/orders',
};
const ARN = `arn:aws:elasticfilesystem:${TOKYO}:111122223333:file-system/fs-1`;

/** A site that has recovery points of files, and what its agent is told of them. */
function learner(arn: string | undefined = ARN): FakeSite {
  const site = new FakeSite(OSAKA, { data: [FILES], traffic: { kind: 'none' } });
  site.answers.describe = { state: 'done', words: 'what files is', ...(arn === undefined ? {} : { facts: { arn } }) };
  return site;
}

test('the site that waits remembers what the other one says it has backed up, and restores that when nobody can be asked', async () => {
  const site = learner();
  await site.call({ op: 'guard' });
  expect(site.asked).toContainEqual({ op: 'describe', item: 'files', epoch: 0, recovery: 'Orders', from: OSAKA });
  expect(site.register.sources).toEqual({ files: ARN });
  site.status = undefined;
  Object.assign(site.answers, { describe: undefined, fencePeer: undefined });
  await site.call({ op: 'guard' });
  expect(site.register.sources).toEqual({ files: ARN });
  const answer = await site.steps({ ...FAILOVER, otherSiteIsDown: true }, 'begin', 'fence', 'fence', 'fence', 'measure', 'drain', [
    'promote',
    'files',
  ]);
  expect(answer).toEqual({ state: 'done', words: 'promote files done' });
  expect(site.promoted).toContainEqual({ ...FILES, sourceArn: ARN });
});

test('another file system takes the place of the one before', async () => {
  const site = learner();
  await site.call({ op: 'guard' });
  site.answers.describe = { state: 'done', words: '', facts: { arn: `${ARN}0` } };
  await site.call({ op: 'guard' });
  expect(site.register.sources).toEqual({ files: `${ARN}0` });
});

test.each<[string, (site: FakeSite) => void]>([
  [
    'of a site that says nothing of it',
    (site) => Object.assign(site.answers, { describe: { state: 'done', words: '', facts: { arn: '' } } }),
  ],
  ['where it has taken over itself', (site) => Object.assign(site, { stored: active(site) })],
  ['where it is told in the code', (site) => Object.assign(site, { config: siteConfig(OSAKA) })],
])('nothing is learned %s', async (_case, change) => {
  const site = learner();
  change(site);
  await site.call({ op: 'guard' });
  expect(site.stored?.register.sources).toBeUndefined();
});

function active(site: FakeSite): NonNullable<FakeSite['stored']> {
  site.status = { ...(site.status as PeerStatus), role: 'fenced' };
  const register = { version: 1, role: 'active', epoch: 1, seen: 1, lifted: 0, gate: 'open', diverted: true, reclaimed: false } as const;
  return { register, version: 1 };
}
