import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { App, Stack } from 'aws-cdk-lib/core';
import { JobWatch, Protection, RecoveryNotifications, RecoveryTier, RecoveryWatch } from '../../lib';
import { noticeOf, vaultNoticeOf } from '../../lib/model/failures';
import { ROOT } from '../harness/sources';
import { EXAMPLES } from './fixtures/events';

const sections = new Map(
  readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8')
    .split(/^## /m)
    .slice(1)
    .map((text) => [text.split('\n')[0].toLowerCase().replace(/ /g, '-'), text]),
);

const descriptions = alarmsOfWatches();
const told = [...EXAMPLES.map(([, event]) => noticeOf(event)), vaultNoticeOf({})];

test.each(descriptions)('%s tells what is wrong and where the runbook is', (_id, description) => {
  const [, wrong, section] = /^(.+); runbook: docs\/runbook\.md#([a-z-]+)$/.exec(description) ?? [];
  expect(wrong).toMatch(/^[A-Z].{20,}/);
  expect([...sections.keys()]).toContain(section);
});

test('every message has its section', () => {
  expect(told.map(({ section }) => section).filter((section) => !sections.has(section))).toEqual([]);
});

test.each([...sections])('%s tells how bad it is, how to look and to repair, and when not to act', (_section, text) => {
  for (const part of ['**Severity:', '**Look.**', '**Repair.**', '**Do not act**']) {
    expect(text).toContain(part);
  }
});

test('no section is without an alarm or a message', () => {
  const named = new Set([...descriptions.map(([, description]) => description.split('#')[1]), ...told.map(({ section }) => section)]);
  expect([...sections.keys()].filter((section) => !named.has(section))).toEqual([]);
});

function alarmsOfWatches(): [id: string, description: string][] {
  const stack = new Stack(new App(), 'Orders', { env: { account: '111122223333', region: 'ap-northeast-1' } });
  const table = new TableV2(stack, 'Table', { partitionKey: { name: 'id', type: AttributeType.STRING } });
  new Protection(stack, 'Protection', { tier: RecoveryTier.IMPORTANT, recoveryRegion: 'ap-northeast-3' }).protect(table);
  const notifications = new RecoveryNotifications(stack, 'Notifications', { webhooks: [{ secretName: 'recovery/webhook' }] });
  new RecoveryWatch(stack, 'Watch', { alarmActions: notifications.alarmActions });
  new JobWatch(stack, 'Jobs', { notifications });
  return Object.entries(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')).map(([id, { Properties }]) => [
    id,
    String(Properties.AlarmDescription),
  ]);
}
