import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CheckKind, permissionsOf } from '../../../lib/model/verification';
import { ROOT } from '../../harness/sources';

const FOLDER = join(ROOT, 'lib', 'handlers', 'check-resource');
const KINDS: readonly CheckKind[] = ['objects', 'items', 'volume', 'instance', 'files', 'http'];
const SERVICES: Readonly<Record<string, string>> = { efs: 'elasticfilesystem' };
/** Where an action is not called as its operation. */
const ACTIONS: Readonly<Record<string, string>> = {
  's3:ListObjectsV2': 's3:ListBucket',
  's3:ListObjectVersions': 's3:ListBucketVersions',
  'lambda:Invoke': 'lambda:InvokeFunction',
};
/** What services do on behalf of whoever calls them. */
const ON_BEHALF = [
  'kms:Decrypt',
  'elasticfilesystem:TagResource',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcs',
  'ec2:DescribeNetworkInterfaces',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
];

function calledActions(): string[] {
  const texts = readdirSync(FOLDER).map((file) => readFileSync(join(FOLDER, file), 'utf8'));
  const called = texts.flatMap((text) =>
    [...text.matchAll(/import \{([^}]+)\} from '@aws-sdk\/client-([a-z0-9]+)'/g)].flatMap(([, names, client]) =>
      [...names.matchAll(/(\w+)Command\b/g)].map(([, operation]) => `${SERVICES[client] ?? client}:${operation}`),
    ),
  );
  return called.map((action) => ACTIONS[action] ?? action);
}

test('what the function calls is what it is allowed to, and nothing else', () => {
  const allowed = KINDS.flatMap(permissionsOf).flatMap(({ actions }) => actions);
  expect([...new Set([...calledActions(), ...ON_BEHALF])].sort()).toEqual([...new Set(allowed)].sort());
});

test('nothing is allowed with a wildcard in its action', () => {
  const actions = KINDS.flatMap(permissionsOf).flatMap((permission) => permission.actions);
  expect(actions.filter((action) => !/^[a-z0-9]+:[A-Za-z]+$/.test(action))).toEqual([]);
});

test('only what is described, or made for somebody else, is allowed on everything', () => {
  const wide = KINDS.flatMap(permissionsOf).filter(({ resources }) => resources.includes('*'));
  const odd = wide.flatMap(({ actions }) => actions).filter((action) => !/:(Describe|Get|Cancel)|NetworkInterface$/.test(action));
  expect(odd).toEqual([]);
});
