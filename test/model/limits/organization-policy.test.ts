import { checkBackupPolicySize } from '../../../lib/model/limits';
import { accepts, refuses } from './cases';

const EMPTY = JSON.stringify({ plans: '' }).length;
const policy = (characters: number) => ({ plans: 'x'.repeat(characters - EMPTY) });
const spaced = (characters: number) => JSON.stringify(policy(characters), undefined, 2);

describe('backup policies of an organization', () => {
  accepts([
    ['an object of 10,000 characters', checkBackupPolicySize(policy(10_000))],
    ['text of 10,000 characters', checkBackupPolicySize(JSON.stringify(policy(10_000)))],
    ['text with white space of 10,000 characters', checkBackupPolicySize(' '.repeat(9_998) + '{}')],
    ['text that is no JSON', checkBackupPolicySize('{')],
  ]);
  refuses([
    [
      'an object of 10,001 characters',
      checkBackupPolicySize(policy(10_001)),
      'error',
      'BackupPolicyTooLarge',
      /'content' has 10001 characters/,
    ],
    [
      'text of 10,001 characters',
      checkBackupPolicySize(spaced(10_001)),
      'error',
      'BackupPolicyTooLarge',
      /has 10001 .* at most 10000: split it/,
    ],
    ['text that is no JSON of 10,001 characters', checkBackupPolicySize('x'.repeat(10_001)), 'error', 'BackupPolicyTooLarge', /10001/],
    [
      'text that only its white space makes too long',
      checkBackupPolicySize(spaced(10_000)),
      'warning',
      'BackupPolicyTooLarge',
      /has \d+ characters, 10000 without white space, but .*: give an object, or minify the text/,
    ],
  ]);
});
