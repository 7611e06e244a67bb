import { messageOf, noticeOf, vaultNoticeOf } from '../../../lib/model/failures';
import { backupJob, copyJob, database, recoveryPoint, restoreJob } from '../../observability/fixtures/events';

const TABLE = 'arn:aws:dynamodb:ap-northeast-1:111122223333:table/orders';
const RUNBOOK = 'docs/runbook.md';
const bodyOf = (event: object) => JSON.parse(messageOf(noticeOf(event), RUNBOOK).body);

test.each([
  [
    backupJob('FAILED', { statusMessage: 'No permission' }),
    'high',
    `The backup of ${TABLE} into the vault Orders-recovery is FAILED: No permission`,
  ],
  [
    backupJob('COMPLETED', { statusMessage: 'Two objects were left out' }),
    'high',
    `The backup of ${TABLE} into the vault Orders-recovery is completed with issues: Two objects were left out`,
  ],
  [
    backupJob('EXPIRED'),
    'high',
    `The backup of ${TABLE} into the vault Orders-recovery has expired, because it did not start in its window`,
  ],
  [
    copyJob('FAILED'),
    'high',
    `The copy of ${TABLE} from arn:aws:backup:ap-northeast-1:111122223333:backup-vault:Orders-recovery to arn:aws:backup:ap-northeast-3:111122223333:backup-vault:Orders-recovery is FAILED: Access to the key was denied`,
  ],
  [restoreJob('FAILED'), 'critical', `The restore of ${TABLE} from the vault Orders-recovery is FAILED: The table exists already`],
  [
    restoreJob('FAILED', { restoreTestingPlanArn: 'arn:plan' }),
    'critical',
    `The restore test of ${TABLE} from the vault Orders-recovery is FAILED: The table exists already`,
  ],
  [restoreJob('ABORTED', { statusMessage: undefined }), 'low', `The restore of ${TABLE} from the vault Orders-recovery is ABORTED`],
  [recoveryPoint('EXPIRED'), 'low', `A recovery point of ${TABLE} in the vault Orders-recovery should have been deleted, but could not be`],
  [
    recoveryPoint('STOPPED'),
    'high',
    `A recovery point of ${TABLE} in the vault Orders-recovery was stopped: it is not kept up to date any more`,
  ],
  [
    database('RDS-EVENT-0031', ['failure'], 'Restore it'),
    'critical',
    'arn:aws:rds:ap-northeast-1:111122223333:db:orders: Restore it (RDS-EVENT-0031)',
  ],
])('%# says in a sentence what happened, and how bad that is', (event, severity, says) => {
  expect(noticeOf(event)).toMatchObject({ severity, says });
});

test('makes JSON that a chat shows and a filter reads, whatever the message of a job holds', () => {
  const nasty = 'A "quoted" \\ path,\na new line and {braces}';
  expect(bodyOf(backupJob('FAILED', { statusMessage: nasty }))).toEqual({
    version: '1.0',
    source: 'custom',
    content: {
      textType: 'client-markdown',
      title: 'HIGH: backup job FAILED in ap-northeast-1',
      description: `The backup of ${TABLE} into the vault Orders-recovery is FAILED: ${nasty}`,
      nextSteps: ['docs/runbook.md#failed-backup-jobs'],
      keywords: ['high', 'FAILED'],
    },
    metadata: {
      summary: 'HIGH: backup job FAILED in ap-northeast-1',
      eventType: 'Backup Job State Change',
      relatedResources: [TABLE],
      additionalContext: {
        severity: 'high',
        vault: 'Orders-recovery',
        region: 'ap-northeast-1',
        account: '111122223333',
        eventId: '0d8c4f5e-aaaa-4bbb-8ccc-ddddeeeeffff',
      },
    },
  });
});

test('is long enough to read and short enough to send', () => {
  const { subject, body } = messageOf(
    { ...noticeOf(backupJob('FAILED', { statusMessage: 'x'.repeat(300_000) })), type: 'ö'.repeat(200) },
    RUNBOOK,
  );
  expect(subject).toMatch(/^[\x20-\x7e]{100}$/);
  expect(body.length).toBeLessThan(8_000);
});

test.each([[{}], [{ 'detail-type': 'Something New', detail: 'text' }], [{ detail: null, 'detail-type': 7 }]])(
  'tells of an event that it does not know: %j',
  (event) => {
    expect(noticeOf(event)).toMatchObject({ severity: 'high', state: 'UNKNOWN', says: expect.stringMatching(/UNKNOWN$/) });
  },
);

test('tells of a message of a vault, and of one without anything too', () => {
  const attributes = { EventType: { Value: 'S3_BACKUP_OBJECT_FAILED' } };
  expect(
    vaultNoticeOf({ MessageId: 'm', Subject: 'Notification', Message: 'Object a was left out', MessageAttributes: attributes }),
  ).toMatchObject({
    severity: 'high',
    state: 'S3_BACKUP_OBJECT_FAILED',
    says: 'Notification: Object a was left out',
    eventId: 'm',
  });
  expect(vaultNoticeOf({})).toMatchObject({ severity: 'high', says: 'A vault told UNKNOWN' });
});
