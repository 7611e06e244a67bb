import * as fc from 'fast-check';
import { type BackupSelection, filtersFor, kindOf, listedArns, searches, searchesOf, selected } from '../../../lib/model/freshness';

const TABLE = 'arn:aws:dynamodb:ap-northeast-1:111122223333:table/orders';
const BUCKET = 'arn:aws:s3:::orders-data';
const selection = (more: Partial<BackupSelection>): BackupSelection => ({
  name: 'selection',
  resources: [],
  notResources: [],
  listOfTags: [],
  conditions: [],
  ...more,
});
const gold = { key: 'tier', value: 'gold' };

describe('what a selection promises', () => {
  test.each<[string, Partial<BackupSelection>, readonly string[], boolean]>([
    ['lists its ARNs', { resources: [TABLE, BUCKET] }, [TABLE, BUCKET], false],
    ['leaves out what it excludes', { resources: [TABLE, BUCKET], notResources: ['arn:aws:s3:::*'] }, [TABLE], false],
    ['searches for a pattern', { resources: [TABLE, 'arn:aws:s3:::*'] }, [TABLE], true],
    ['searches by tag beside its list', { resources: [TABLE], listOfTags: [gold] }, [TABLE], true],
    ['searches where conditions narrow the list', { resources: [TABLE], conditions: [{ operator: 'StringEquals', ...gold }] }, [], true],
    ['searches everything where it names nothing', {}, [], true],
  ])('%s', (_case, parts, arns, searching) => {
    expect(listedArns(selection(parts))).toEqual(arns);
    expect(searches(selection(parts))).toBe(searching);
  });

  test.each<[string, Partial<BackupSelection>, Record<string, string>, boolean]>([
    ['a tag of the list', { listOfTags: [gold] }, { tier: 'gold' }, true],
    ['one of two tags of the list', { listOfTags: [{ key: 'a', value: 'b' }, gold] }, { tier: 'gold' }, true],
    ['another value', { listOfTags: [gold] }, { tier: 'Gold' }, false],
    ['a listed ARN without the tag', { resources: [TABLE], listOfTags: [gold] }, {}, true],
    ['a pattern', { resources: ['arn:aws:dynamodb:*:*:table/*'] }, {}, true],
    ['a pattern of another type', { resources: ['arn:aws:ec2:*:*:volume/*'] }, {}, false],
    ['an exception', { resources: ['*'], notResources: [TABLE] }, {}, false],
    ['all conditions', { resources: ['*'], conditions: [{ operator: 'StringEquals', ...gold }] }, { tier: 'gold' }, true],
    [
      'one of two conditions',
      {
        resources: ['*'],
        conditions: [
          { operator: 'StringEquals', ...gold },
          { operator: 'StringEquals', key: 'app', value: 'shop' },
        ],
      },
      { tier: 'gold' },
      false,
    ],
    [
      'a condition beside a tag of the list',
      { listOfTags: [gold], conditions: [{ operator: 'StringNotEquals', key: 'app', value: 'x' }] },
      { tier: 'gold', app: 'x' },
      false,
    ],
    ['not equals, without the tag', { conditions: [{ operator: 'StringNotEquals', ...gold }] }, {}, true],
    ['not equals, with the value', { conditions: [{ operator: 'StringNotEquals', ...gold }] }, { tier: 'gold' }, false],
    ['like', { conditions: [{ operator: 'StringLike', key: 'tier', value: 'g*d' }] }, { tier: 'gold' }, true],
    ['like, without the tag', { conditions: [{ operator: 'StringLike', key: 'tier', value: '*' }] }, {}, false],
    ['not like, without the tag', { conditions: [{ operator: 'StringNotLike', key: 'tier', value: '*' }] }, {}, true],
    ['not like, with such a value', { conditions: [{ operator: 'StringNotLike', key: 'tier', value: 'g*' }] }, { tier: 'gold' }, false],
    ['what restore testing made', { resources: ['*'] }, { 'awsbackup-restore-test': 'x' }, false],
  ])('%s', (_case, parts, tags, has) => {
    expect(selected(selection(parts), { arn: TABLE, tags })).toBe(has);
  });

  test.each<[string, string, boolean]>([
    ['a*b*c', 'abc', true],
    ['a*b*c', 'a1b2c', true],
    ['a*b*c', 'acb', false],
    ['a*ba', 'aba', true],
    ['a*ab', 'ab', false],
    ['aa*aa', 'aaa', false],
    ['*', '', true],
    ['*b*', 'b', true],
    ['*b*b', 'b', false],
    ['a*', 'b', false],
    ['*a', 'ab', false],
    ['a.c*', 'abc', false],
  ])('the pattern %s for %s', (pattern, text, fits) => {
    const like = selection({ conditions: [{ operator: 'StringLike', key: 'k', value: pattern }] });
    expect(selected(like, { arn: TABLE, tags: { k: text } })).toBe(fits);
  });

  test('a pattern fits as the regular expression does that it stands for', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', '*'), { maxLength: 7 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(letters, letters, (pattern, raw) => {
        const text = raw.replaceAll('*', 'a');
        const like = selection({ conditions: [{ operator: 'StringLike', key: 'k', value: pattern }] });
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(text);
        expect(selected(like, { arn: TABLE, tags: { k: text } })).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the searches for a selection', () => {
  test.each<[string, Partial<BackupSelection>, object]>([
    ['one for each tag that is enough', { listOfTags: [gold, { key: 'a', value: 'b' }] }, [[gold], [{ key: 'a', value: 'b' }]]],
    ['one for each tag, beside listed ARNs', { resources: [TABLE], listOfTags: [gold] }, [[gold]]],
    ['by all tags that are needed', { resources: ['*'], conditions: [{ operator: 'StringEquals', ...gold }] }, [[gold]]],
    [
      'by the tag of the list and those that are needed',
      { listOfTags: [{ key: 'a', value: 'b' }], conditions: [{ operator: 'StringEquals', ...gold }] },
      [[{ key: 'a', value: 'b' }, gold]],
    ],
    ['for everything, where only patterns narrow', { resources: ['*'], conditions: [{ operator: 'StringLike', ...gold }] }, [[]]],
    ['for everything, where a pattern is enough beside the tag', { resources: ['arn:aws:s3:::*'], listOfTags: [gold] }, [[]]],
    [
      'for listed ARNs that conditions narrow beside tags',
      { resources: [TABLE], listOfTags: [{ key: 'a', value: 'b' }], conditions: [{ operator: 'StringEquals', ...gold }] },
      [[gold]],
    ],
    [
      'by one value of a key',
      {
        conditions: [
          { operator: 'StringEquals', ...gold },
          { operator: 'StringEquals', key: 'tier', value: 'x' },
        ],
      },
      [[{ key: 'tier', value: 'x' }]],
    ],
  ])('%s', (_case, parts, found) => {
    expect(searchesOf(selection(parts))).toEqual(found);
  });

  test('find everything that is selected but not listed', () => {
    const value = fc.constantFrom('x', 'y');
    const key = fc.constantFrom('a', 'b');
    const tag = fc.record({ key, value });
    const operator = fc.constantFrom('StringEquals' as const, 'StringNotEquals' as const, 'StringLike' as const, 'StringNotLike' as const);
    const selections = fc.record({
      name: fc.constant('s'),
      resources: fc.uniqueArray(fc.constantFrom(TABLE, BUCKET, '*', 'arn:aws:s3:::*')),
      notResources: fc.uniqueArray(fc.constantFrom(TABLE, BUCKET)),
      listOfTags: fc.array(tag, { maxLength: 2 }),
      conditions: fc.array(fc.record({ operator, key, value }), { maxLength: 2 }),
    });
    fc.assert(
      fc.property(selections, fc.dictionary(key, value), (made, tags) => {
        const resource = { arn: TABLE, tags };
        const found = searches(made) && searchesOf(made).some((search) => search.every((one) => tags[one.key] === one.value));
        const contradicts = made.conditions.some((one) => one.operator === 'StringEquals' && tags[one.key] !== one.value);
        if (selected(made, resource)) {
          expect(found || listedArns(made).includes(TABLE)).toBe(true);
          expect(contradicts).toBe(false);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the kind of an ARN', () => {
  test.each([
    [TABLE, ['DynamoDB']],
    [`${TABLE}/index/by-date`, undefined],
    [BUCKET, ['S3']],
    ['arn:aws:s3:::orders-data/key', undefined],
    ['arn:aws:rds:ap-northeast-1:111122223333:db:orders', ['RDS']],
    ['arn:aws:rds:ap-northeast-1:111122223333:cluster:orders', ['Aurora', 'RDSCluster', 'DocumentDB', 'Neptune']],
    ['arn:aws:rds:ap-northeast-1:111122223333:cluster-snapshot:orders', undefined],
    ['arn:aws:ec2:ap-northeast-1:111122223333:volume/vol-1', ['EBS']],
    ['arn:aws-cn:ec2:cn-north-1:111122223333:instance/i-1', ['EC2']],
    ['arn:aws:ec2:ap-northeast-1:111122223333:snapshot/snap-1', undefined],
    ['arn:aws:elasticfilesystem:ap-northeast-1:111122223333:file-system/fs-1', ['EFS']],
    ['arn:aws:fsx:ap-northeast-1:111122223333:volume/fs-1/fsvol-1', ['FSxONTAP']],
    ['arn:aws:storagegateway:ap-northeast-1:111122223333:gateway/sgw-1/volume/vol-1', ['StorageGateway']],
    ['arn:aws:cloudformation:ap-northeast-1:111122223333:stack/orders/1', undefined],
    ['*', undefined],
    ['', undefined],
  ])('%s', (arn, types) => {
    expect(kindOf(arn)?.types).toEqual(types);
  });

  test('is what the tagging API is asked for', () => {
    expect(filtersFor(new Set(['DynamoDB', 'S3', 'Neptune']))).toEqual(['dynamodb:table', 'rds:cluster', 's3']);
  });
});
