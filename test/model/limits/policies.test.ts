import { checkPolicySize } from '../../../lib/model/limits';
import { accepts, refuses } from './cases';

const EMPTY = JSON.stringify({ Statement: '' }).length;
const policy = (characters: number, fill: (length: number) => unknown = (length) => 'x'.repeat(length)) => ({
  Statement: fill(characters - EMPTY),
});
const joined = (length: number) => ({ 'Fn::Join': [':', ['arn', { Ref: 'AWS::Partition' }, 'x'.repeat(length - 8)]] });
const listed = (length: number) => ({ AWS: [1, true, 'x'.repeat(length - '{"AWS":[1,true,""]}'.length + 2)] });

describe('policies of keys and buckets', () => {
  accepts([
    ['a key with 32,768 bytes', checkPolicySize('keyPolicy', policy(32_768))],
    ['a bucket with 20,480 bytes', checkPolicySize('policyDocument', policy(20_480))],
    ['none at all', checkPolicySize('keyPolicy', undefined)],
    [
      'what only deployment tells',
      checkPolicySize(
        'policyDocument',
        policy(20_480, (length) => [{ Ref: 'P' }, 'x'.repeat(length - 5)]),
      ),
    ],
    ['text that is joined, with the partition at its shortest', checkPolicySize('keyPolicy', policy(32_768, joined))],
  ]);
  refuses([
    [
      'a key with 32,769',
      checkPolicySize('keyPolicy', policy(32_769)),
      'error',
      'PolicyTooLarge',
      /'keyPolicy' has at least 32769 characters, but AWS KMS takes 32768 bytes: let in an organization/,
    ],
    ['a bucket with 20,481', checkPolicySize('policyDocument', policy(20_481)), 'error', 'PolicyTooLarge', /but S3 takes 20480/],
    ['text that is joined', checkPolicySize('keyPolicy', policy(32_769, joined)), 'error', 'PolicyTooLarge', /at least 32769/],
    ['lists and numbers', checkPolicySize('keyPolicy', policy(32_769, listed)), 'error', 'PolicyTooLarge', /at least 32769/],
  ]);
});
