import { App, CfnParameter, Stack, Tags } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { AttributeType, CfnTable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Duration } from 'aws-cdk-lib/core';
import * as fc from 'fast-check';
import { RecoveryRecord } from '../../lib/core/private/record';
import { matches, meets } from '../../lib/protection/private/tag-matching';
import { ProtectedResourceType } from '../../lib/protection/protected-resource-type';
import { ProtectionPlan } from '../../lib/protection/protection-plan';
import { ProtectionRule } from '../../lib/protection/protection-rule';
import { Selection, UnfilteredSelection } from '../../lib/protection/selection';
import { TagCondition } from '../../lib/protection/tag-condition';

const SELECTION = 'AWS::Backup::BackupSelection';
const ENV = { region: 'ap-northeast-1', account: '111122223333' };
const EVERYTHING = UnfilteredSelection.EVERY_SUPPORTED_RESOURCE_OF_THE_ACCOUNT_AND_REGION;
const PROD = TagCondition.equalTo('env', 'prod');
const TEST = TagCondition.equalTo('env', 'test');
const PAY = TagCondition.like('team', 'pay*');
const NOT_NO = TagCondition.notLike('backup', 'no*');

function planIn(stack: Stack): ProtectionPlan {
  return new ProtectionPlan(stack, 'Plan', { rules: [ProtectionRule.daily('Daily', { keep: Duration.days(30) })] });
}

/** CDK's own limit of resources in a stack is off: what counts here is what AWS Backup takes. */
function roomyApp(): App {
  return new App({ context: { '@aws-cdk/core:stackResourceLimit': 0 } });
}

function stackIn(app = roomyApp(), id = 'Orders'): Stack {
  return new Stack(app, id, { env: ENV });
}

function tableIn(stack: Stack, id: string, tags: Record<string, string> = {}): Table {
  const table = new Table(stack, id, { partitionKey: { name: 'id', type: AttributeType.STRING } });
  for (const [key, value] of Object.entries(tags)) {
    Tags.of(table).add(key, value);
  }
  return table;
}

function cheapTable(stack: Stack, id: string): CfnTable {
  return new CfnTable(stack, id, {
    keySchema: [{ attributeName: 'id', keyType: 'HASH' }],
    attributeDefinitions: [{ attributeName: 'id', attributeType: 'S' }],
    billingMode: 'PAY_PER_REQUEST',
  });
}

interface Rendered {
  readonly SelectionName: string;
  readonly IamRoleArn: unknown;
  readonly Resources?: unknown[];
  readonly NotResources?: unknown[];
  readonly Conditions?: Record<string, { ConditionKey: string; ConditionValue: string }[]>;
  readonly ListOfTags?: unknown[];
}

function rendered(stack: Stack): Rendered[] {
  return Object.values(Template.fromStack(stack).findResources(SELECTION)).map(({ Properties }) => Properties.BackupSelection);
}

function renderedOf(selection: (stack: Stack) => Selection): Rendered[] {
  const stack = stackIn();
  planIn(stack).select('Some', selection(stack));
  return rendered(stack);
}

const arn = (rest: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:${rest}`]] });
const condition = (key: string, value: string) => ({ ConditionKey: `aws:ResourceTag/${key}`, ConditionValue: value });
const tag = (key: string, value: string) => ({ ConditionType: 'STRINGEQUALS', ConditionKey: key, ConditionValue: value });

describe('what a selection becomes', () => {
  test.each<[string, (stack: Stack) => Selection, Partial<Rendered>[]]>([
    [
      'listed resources, by their ARNs and nothing else',
      (stack) => Selection.resources(tableIn(stack, 'Table')),
      [{ Resources: [{ 'Fn::GetAtt': [expect.stringMatching(/^Table/), 'Arn'] as unknown as string[] }] }],
    ],
    [
      'all of several conditions, as conditions that narrow every resource',
      () => Selection.allOf(PROD, PAY, NOT_NO, TagCondition.notEqualTo('tier', 'low'), TagCondition.equalTo('app', 'orders')),
      [
        {
          Resources: ['*'],
          Conditions: {
            StringEquals: [condition('env', 'prod'), condition('app', 'orders')],
            StringLike: [condition('team', 'pay*')],
            StringNotLike: [condition('backup', 'no*')],
            StringNotEquals: [condition('tier', 'low')],
          },
        },
      ],
    ],
    [
      'all of conditions for some types',
      () => Selection.allOf(PROD).ofTypes(ProtectedResourceType.EBS, ProtectedResourceType.RDS_INSTANCE, ProtectedResourceType.EBS),
      [
        {
          Resources: [arn('ec2:*:*:volume/*'), arn('rds:*:*:db:*')],
          Conditions: { StringEquals: [condition('env', 'prod')] },
        },
      ],
    ],
    [
      'any of several values, as a list of tags alone',
      () => Selection.anyOf(PROD, TEST),
      [{ ListOfTags: [tag('env', 'prod'), tag('env', 'test')] }],
    ],
    [
      'any of several patterns, as a selection each',
      () => Selection.anyOf(PROD, PAY),
      [
        { Resources: ['*'], Conditions: { StringEquals: [condition('env', 'prod')] } },
        { Resources: ['*'], Conditions: { StringLike: [condition('team', 'pay*')] } },
      ],
    ],
    [
      'any of several values for a type, as a selection each, for types beside a list of tags would widen it',
      () => Selection.anyOf(PROD, TEST).ofTypes(ProtectedResourceType.S3),
      [
        { Resources: [arn('s3:::*')], Conditions: { StringEquals: [condition('env', 'prod')] } },
        { Resources: [arn('s3:::*')], Conditions: { StringEquals: [condition('env', 'test')] } },
      ],
    ],
    [
      'any of several values with an exception',
      (stack) => Selection.anyOf(PROD, TEST).except(tableIn(stack, 'Table')),
      ['prod', 'test'].map((value) => ({
        Resources: ['*'],
        NotResources: [{ 'Fn::GetAtt': [expect.stringMatching(/^Table/), 'Arn'] as unknown as string[] }],
        Conditions: { StringEquals: [condition('env', value)] },
      })),
    ],
    [
      'a type',
      (stack) => Selection.byType(ProtectedResourceType.DYNAMODB).except(tableIn(stack, 'Table')),
      [
        {
          Resources: [arn('dynamodb:*:*:table/*')],
          NotResources: [{ 'Fn::GetAtt': [expect.stringMatching(/^Table/), 'Arn'] as unknown as string[] }],
        },
      ],
    ],
    ['everything, in so many words', () => Selection.everything(EVERYTHING), [{ Resources: ['*'] }]],
    [
      'ARNs, those with wildcards by themselves',
      () => Selection.arns('arn:aws:s3:::orders', 'arn:aws:s3:::logs-*', 'arn:aws:dynamodb:*:*:table/*'),
      [{ Resources: ['arn:aws:s3:::orders'] }, { Resources: ['arn:aws:s3:::logs-*', 'arn:aws:dynamodb:*:*:table/*'] }],
    ],
  ])('%s', (_what, selection, expected) => {
    const forms = renderedOf(selection).map(({ SelectionName, IamRoleArn, ...form }) => form);
    expect(forms).toEqual(expected);
  });

  test('is never empty and never has a list of tags beside resources or conditions, whatever is combined', () => {
    const conditions = fc.array(fc.constantFrom(PROD, TEST, PAY, NOT_NO), { minLength: 1, maxLength: 4 });
    const types = fc.subarray(Object.values(ProtectedResourceType));
    fc.assert(
      fc.property(fc.boolean(), conditions, types, fc.boolean(), (all, list, only, excepted) => {
        fc.pre(!(all && list.includes(PROD) && list.includes(TEST)));
        const forms = renderedOf((stack) => {
          const base = all ? Selection.allOf(...list) : Selection.anyOf(...list);
          const narrowed = only.length > 0 ? base.ofTypes(...only) : base;
          return excepted ? narrowed.except(tableIn(stack, 'Table')) : narrowed;
        });
        for (const { Resources = [], ListOfTags = [], Conditions, NotResources } of forms) {
          expect(Resources.length + ListOfTags.length).toBeGreaterThan(0);
          expect(ListOfTags.length > 0 && (Resources.length > 0 || Conditions !== undefined || NotResources !== undefined)).toBe(false);
          expect(ListOfTags.length === 0 && Conditions === undefined).toBe(false);
        }
      }),
      { numRuns: 25 },
    );
  });

  test('narrowing leaves the original as it was', () => {
    const original = Selection.allOf(PROD);
    original.ofTypes(ProtectedResourceType.S3);
    expect(renderedOf(() => original)[0].Resources).toEqual(['*']);
  });
});

describe('limits', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => TagCondition.equalTo(`tag${index}`, 'yes'));

  test('thirty conditions are not too many', () => {
    expect(renderedOf(() => Selection.allOf(...many(30)))[0].Conditions?.StringEquals).toHaveLength(30);
  });

  test('fails for thirty-one conditions of which all have to hold: they cannot be split', () => {
    expect(() => renderedOf(() => Selection.allOf(...many(31)))).toThrow(
      /'conditions' has 31 entries.*TooManyConditions at 'Orders\/Plan\/Some'/,
    );
  });

  test.each([
    [30, [30]],
    [31, [30, 1]],
    [60, [30, 30]],
  ])('%i values of which any may hold become lists of %j', (count, sizes) => {
    expect(renderedOf(() => Selection.anyOf(...many(count))).map(({ ListOfTags }) => ListOfTags?.length)).toEqual(sizes);
  });

  test.each([
    [500, [500]],
    [501, [500, 1]],
    [1_000, [500, 500]],
  ])('%i resources become selections of %j, in order', (count, sizes) => {
    const stack = stackIn();
    planIn(stack).select('All', Selection.resources(...Array.from({ length: count }, (_, index) => cheapTable(stack, `T${index}`))));
    const selections = Template.fromStack(stack).findResources(SELECTION);
    const resources = Object.values(selections).map(({ Properties }) => Properties.BackupSelection.Resources);
    expect(resources.map(({ length }) => length)).toEqual(sizes);
    expect(resources.flat().map((entry) => entry['Fn::GetAtt'][0])).toEqual(Array.from({ length: count }, (_, index) => `T${index}`));
    expect(Object.values(selections).map(({ Properties }) => Properties.BackupSelection.SelectionName)).toEqual(
      ['All', 'All-2'].slice(0, sizes.length),
    );
  });

  test.each([
    [30, [30]],
    [31, [30, 1]],
  ])('%i ARNs with wildcards become selections of %j', (count, sizes) => {
    const arns = Array.from({ length: count }, (_, index) => `arn:aws:s3:::bucket${index}-*`);
    expect(renderedOf(() => Selection.arns(...arns)).map(({ Resources }) => Resources?.length)).toEqual(sizes);
  });

  test('five hundred exceptions are not too many', () => {
    const [{ NotResources }] = renderedOf((stack) =>
      Selection.allOf(PROD).except(...Array.from({ length: 500 }, (_, i) => cheapTable(stack, `T${i}`))),
    );
    expect(NotResources).toHaveLength(500);
  });

  test('fails for more exceptions: they cannot be split', () => {
    expect(() =>
      renderedOf((stack) => Selection.allOf(PROD).except(...Array.from({ length: 501 }, (_, i) => cheapTable(stack, `T${i}`)))),
    ).toThrow(/TooManyArns/);
  });

  test('a hundred selections of a plan are not too many, one more is', () => {
    const plan = planIn(stackIn());
    const select = (id: number) => plan.select(`S${id}`, Selection.arns(`arn:aws:s3:::bucket${id}`));
    Array.from({ length: 100 }, (_, id) => select(id));
    expect(() => select(100)).toThrow(/'selections' has 101 entries.*TooManySelections/);
  });

  test('warns for more than ten selections by tag', () => {
    const stack = stackIn();
    const plan = planIn(stack);
    Array.from({ length: 11 }, (_, id) => plan.select(`S${id}`, Selection.allOf(TagCondition.equalTo('id', `${id}`))));
    Annotations.fromStack(stack).hasWarning('/Orders/Plan', Match.stringLikeRegexp("'tagSelections' has 11 entries"));
  });
});

describe('refusals', () => {
  test.each<[string, (stack: Stack) => Selection, RegExp]>([
    [
      'no condition of which all hold',
      () => Selection.allOf(),
      /'allOf' of the selection is empty.*EmptySelection at 'Orders\/Plan\/Some'/,
    ],
    ['no condition of which any holds', () => Selection.anyOf(), /'anyOf' of the selection is empty.*EmptySelection/],
    ['no type', () => Selection.byType(), /'byType' of the selection is empty.*EmptySelection/],
    ['no resource', () => Selection.resources(), /'resources' of the selection is empty.*EmptySelection/],
    ['no ARN', () => Selection.arns(), /'arns' of the selection is empty.*EmptySelection/],
    [
      'an empty list of types, which would not narrow',
      () => Selection.allOf(PROD).ofTypes(),
      /'ofTypes' of the selection is empty.*EmptySelection/,
    ],
    [
      'types of listed resources',
      (stack) => Selection.resources(tableIn(stack, 'T')).ofTypes(ProtectedResourceType.S3),
      /SelectionNotNarrowable/,
    ],
    [
      'exceptions from listed resources',
      (stack) => Selection.resources(tableIn(stack, 'T')).except(tableIn(stack, 'U')),
      /SelectionNotNarrowable/,
    ],
    ['exceptions from ARNs', (stack) => Selection.arns('arn:aws:s3:::a').except(tableIn(stack, 'U')), /SelectionNotNarrowable/],
    ['the prefix of a tag key', () => Selection.allOf(TagCondition.equalTo('aws:ResourceTag/env', 'prod')), /InvalidTagKey/],
    ['an empty tag key', () => Selection.anyOf(TagCondition.equalTo('', 'prod')), /InvalidTagKey/],
    ['every ARN', () => Selection.arns('*'), /Selection\.everything\(\).*UnfilteredSelection/],
    ['a wildcard at the head of a name', () => Selection.arns('arn:aws:s3:::*-logs'), /'arn:aws:s3:::\*-logs'.*MisplacedWildcard/],
    ['a wildcard that ends a part before the last', () => Selection.arns('arn:aws:dynamodb:ap-*:*:table/orders'), /MisplacedWildcard/],
    ['a wildcard inside a name', () => Selection.arns('arn:aws:s3:::a*b'), /MisplacedWildcard/],
  ])('fails for %s', (_what, selection, message) => {
    expect(() => renderedOf(selection)).toThrow(message);
  });

  test('fails for a resource in another Region or account than the plan', () => {
    const app = new App();
    const plan = planIn(stackIn(app));
    const table = tableIn(new Stack(app, 'Osaka', { env: { ...ENV, region: 'ap-northeast-3' } }), 'Table');
    expect(() => plan.select('Some', Selection.resources(table))).toThrow(
      /is in ap-northeast-3 of account 111122223333.*ResourceElsewhere/,
    );
    const foreign = Table.fromTableArn(plan, 'Foreign', 'arn:aws:dynamodb:ap-northeast-1:444455556666:table/orders');
    expect(() => plan.select('More', Selection.resources(foreign))).toThrow(/ResourceElsewhere/);
    const far = Table.fromTableArn(plan, 'Far', 'arn:aws:dynamodb:ap-northeast-3:111122223333:table/orders');
    expect(() => plan.select('Most', Selection.resources(far))).toThrow(/is in ap-northeast-3.*ResourceElsewhere/);
  });

  test.each(['a'.repeat(51), 'a b', 'a:b'])("fails for the selection name '%s'", (selectionName) => {
    const stack = stackIn();
    expect(() => planIn(stack).select('Some', Selection.allOf(PROD), { selectionName })).toThrow(/'selectionName' is .*InvalidName/);
  });

  test('fails for a resource added to a selection by tag', () => {
    const stack = stackIn();
    const selection = planIn(stack).select('Some', Selection.allOf(PROD));
    expect(() => selection.addResource(tableIn(stack, 'Table'))).toThrow(/SelectionNotExtendable/);
  });
});

describe('names, roles and growth', () => {
  test('an id that is no name becomes one', () => {
    const stack = stackIn();
    const plan = planIn(stack);
    plan.select('all of: them', Selection.allOf(PROD));
    plan.select('x'.repeat(60), Selection.allOf(TEST));
    for (const { SelectionName } of rendered(stack)) {
      expect(SelectionName).toMatch(/^[a-zA-Z0-9\-_.]{1,50}$/);
    }
  });

  test('a long name leaves room for the number of a part', () => {
    const [, { SelectionName }] = renderedOf(() => Selection.anyOf(PROD, PAY));
    expect(SelectionName).toBe('Some-2');
    const stack = stackIn();
    planIn(stack).select('Some', Selection.anyOf(PROD, PAY), { selectionName: 'n'.repeat(50) });
    expect(rendered(stack).map((part) => part.SelectionName)).toEqual(['n'.repeat(50), `${'n'.repeat(46)}-2`]);
  });

  test('a role of its own is used for all its parts, and none is made', () => {
    const stack = stackIn();
    const role = Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::111122223333:role/backup');
    planIn(stack).select('Some', Selection.anyOf(PROD, PAY), { role });
    expect(rendered(stack).map(({ IamRoleArn }) => IamRoleArn)).toEqual(Array(2).fill('arn:aws:iam::111122223333:role/backup'));
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Role', 0);
  });

  test.each<[string, (stack: Stack) => Selection, boolean]>([
    ['a bucket is selected', (stack) => Selection.resources(new Bucket(stack, 'B', { versioned: true })), true],
    ['tags may match a bucket', () => Selection.allOf(PROD), true],
    ['buckets are a type of it', () => Selection.allOf(PROD).ofTypes(ProtectedResourceType.S3), true],
    ['only a table is selected', (stack) => Selection.resources(tableIn(stack, 'T')), false],
    ['tags may only match other types', () => Selection.allOf(PROD).ofTypes(ProtectedResourceType.EFS), false],
  ])('the role may back up buckets where %s', (_what, selection, buckets) => {
    const stack = stackIn();
    planIn(stack).select('Some', selection(stack));
    const [role] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role'));
    expect(JSON.stringify(role.Properties.ManagedPolicyArns).includes('AWSBackupServiceRolePolicyForS3Backup')).toBe(buckets);
  });

  test('a resource that is added leaves the earlier selections as they are, and a second time nothing changes', () => {
    const templateOf = (more: boolean) => {
      const stack = stackIn();
      const tables = Array.from({ length: 500 }, (_, index) => cheapTable(stack, `T${index}`));
      const selection = planIn(stack).select('All', Selection.resources(...tables));
      if (more) {
        selection.addResource(new CfnBucket(stack, 'Bucket'));
        selection.addResource(tables[0]);
      }
      return Template.fromStack(stack).findResources(SELECTION);
    };
    const before = templateOf(false);
    const after = templateOf(true);
    expect(Object.values(after).map(({ Properties }) => Properties.BackupSelection.Resources.length)).toEqual([500, 1]);
    expect(after).toMatchObject(before);
  });

  test('references, imports and L1s are selected by their ARN', () => {
    const stack = stackIn();
    const bucket = Bucket.fromBucketName(stack, 'Bucket', 'orders');
    const table = Table.fromTableArn(stack, 'Table', `arn:aws:dynamodb:${ENV.region}:${ENV.account}:table/orders`);
    planIn(stack).select('Some', Selection.resources(bucket, table, cheapTable(stack, 'Own')));
    expect(rendered(stack)[0].Resources).toEqual([
      arn('s3:::orders'),
      `arn:aws:dynamodb:${ENV.region}:${ENV.account}:table/orders`,
      { 'Fn::GetAtt': ['Own', 'Arn'] },
    ]);
  });

  test('tokens pass, in conditions, ARNs and names', () => {
    const stack = stackIn();
    const text = new CfnParameter(stack, 'Text').valueAsString;
    const plan = planIn(stack);
    plan.select('Tags', Selection.allOf(TagCondition.equalTo('env', text)), { selectionName: text });
    plan.select('Arns', Selection.arns(text));
    expect(rendered(stack)).toMatchObject([
      { SelectionName: { Ref: 'Text' }, Conditions: { StringEquals: [{ ConditionValue: { Ref: 'Text' } }] } },
      { Resources: [{ Ref: 'Text' }] },
    ]);
  });

  test('a second synth of the same app gives the same template', () => {
    const templateOf = () => {
      const stack = stackIn();
      const plan = planIn(stack);
      plan.select('Listed', Selection.resources(tableIn(stack, 'A'), new Bucket(stack, 'B', { versioned: true })));
      plan.select('Tagged', Selection.anyOf(PROD, PAY).except(tableIn(stack, 'C')));
      return JSON.stringify(Template.fromStack(stack).toJSON());
    };
    expect(templateOf()).toBe(templateOf());
  });
});

describe('tags are matched as AWS Backup reads them', () => {
  test.each<[string, string, boolean]>([
    ['production', 'prod*', true],
    ['production', '*rod*', true],
    ['production', '*tion', true],
    ['production', 'p*d*n', true],
    ['production', '*', true],
    ['', '*', true],
    ['production', 'production', true],
    ['production', 'Prod*', false],
    ['production', 'prod', false],
    ['production', '*rods*', false],
    ['aa', 'a*aa', false],
    ['ab', 'a*b*b', false],
    ['a.c', 'a?c', false],
    ['a.c', 'a.c', true],
    ['abc', 'a.c', false],
  ])("'%s' against '%s': %s", (value, pattern, expected) => {
    expect(matches(value, pattern)).toBe(expected);
  });

  test('property: as the regular expression that a pattern stands for', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.', '$') });
    fc.assert(
      fc.property(text, text, (value, pattern) => {
        const source = pattern
          .split('*')
          .map((part) => part.replace(/[.$]/g, '\\$&'))
          .join('.*');
        expect(matches(value, pattern)).toBe(new RegExp(`^${source}$`, 's').test(value));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    [TagCondition.equalTo('k', 'v'), [true, false, false]],
    [TagCondition.notEqualTo('k', 'v'), [false, true, true]],
    [TagCondition.like('k', 'v*'), [true, false, false]],
    [TagCondition.notLike('k', 'v*'), [false, true, true]],
    [TagCondition.like('toString', '*'), [false, false, false]],
  ])('condition %#, where the tag fits, differs and is missing', (one, expected) => {
    expect([{ k: 'v' }, { k: 'w' }, {}].map((tags) => meets(tags as Record<string, string>, one))).toEqual(expected);
  });
});

describe('what is protected by tags', () => {
  const protectedIn = (selection: (stack: Stack, tables: Record<string, Table>) => Selection) => {
    const app = new App();
    const stack = stackIn(app);
    const tables = {
      prod: tableIn(stack, 'Prod', { env: 'prod', team: 'payments' }),
      test: tableIn(stack, 'Test', { env: 'test', team: 'payroll' }),
      kept: tableIn(stack, 'Kept', { env: 'prod', backup: 'yes' }),
      scratch: tableIn(stack, 'Scratch', { env: 'prod', backup: 'none' }),
      bare: tableIn(stack, 'Bare'),
    };
    const bucket = new Bucket(stack, 'Files', { versioned: true });
    Tags.of(bucket).add('env', 'prod');
    const elsewhere = new Stack(app, 'Osaka', { env: { ...ENV, region: 'ap-northeast-3' } });
    tableIn(elsewhere, 'Far', { env: 'prod', team: 'payments' });
    tableIn(stackIn(app, 'Near'), 'Other', { env: 'prod', team: 'payments' });
    planIn(stack).select('Some', selection(stack, tables));
    app.synth();
    const { coverage, findings } = RecoveryRecord.of(stack).assess();
    const ids = coverage.protected.map(({ id }) => id.replace('Orders/', '')).sort();
    return { ids, findings };
  };

  test.each<[string, (stack: Stack, tables: Record<string, Table>) => Selection, string[]]>([
    ['equal', () => Selection.allOf(PROD), ['Files', 'Kept', 'Near/Other', 'Prod', 'Scratch']],
    ['equal and like', () => Selection.allOf(PROD, PAY), ['Near/Other', 'Prod']],
    ['like', () => Selection.allOf(PAY), ['Near/Other', 'Prod', 'Test']],
    ['not like', () => Selection.allOf(PROD, NOT_NO), ['Files', 'Kept', 'Near/Other', 'Prod']],
    ['any of two', () => Selection.anyOf(TEST, TagCondition.equalTo('backup', 'none')), ['Scratch', 'Test']],
    ['any of two patterns', () => Selection.anyOf(TEST, TagCondition.like('backup', '*e*')), ['Kept', 'Scratch', 'Test']],
    ['all but a type', () => Selection.allOf(PROD).ofTypes(ProtectedResourceType.S3), ['Files']],
    ['all but an exception', (_, { scratch, prod }) => Selection.allOf(PROD).except(scratch, prod), ['Files', 'Kept', 'Near/Other']],
    [
      'a type but an exception',
      (_, { bare }) => Selection.byType(ProtectedResourceType.DYNAMODB).except(bare),
      ['Kept', 'Near/Other', 'Prod', 'Scratch', 'Test'],
    ],
    ['everything', () => Selection.everything(EVERYTHING), ['Bare', 'Files', 'Kept', 'Near/Other', 'Prod', 'Scratch', 'Test']],
    ['nothing', () => Selection.allOf(TagCondition.equalTo('env', 'none')), []],
    ['ARNs, of which nobody knows', () => Selection.arns('arn:aws:s3:::orders'), []],
  ])('%s', (_what, selection, expected) => {
    expect(protectedIn(selection).ids).toEqual(expected);
  });

  test('what is not selected is told to be unprotected', () => {
    const { findings } = protectedIn(() => Selection.allOf(PROD));
    expect(findings.filter(({ code }) => code === 'Unprotected').map(({ resource }) => resource)).toEqual(
      expect.arrayContaining(['Orders/Test', 'Orders/Bare', 'Osaka/Far']),
    );
  });

  test('warns where only a missing tag selects resources, once for each tag', () => {
    const missing = (selection: Selection) =>
      protectedIn(() => selection)
        .findings.filter(({ code }) => code === 'TagMissing')
        .map(({ message }) => message);
    expect(missing(Selection.allOf(PAY, NOT_NO))).toEqual([
      expect.stringMatching(/^'Orders\/Prod', 'Orders\/Test', 'Near\/Other' meet the condition on tag 'backup' only by having no such tag/),
    ]);
    expect(missing(Selection.allOf(NOT_NO, TagCondition.notLike('zone', 'x*')))).toEqual([
      expect.stringMatching(/ and 2 more meet the condition on tag 'backup' only by having no such tag/),
      expect.stringMatching(/ and 3 more meet the condition on tag 'zone' only by having no such tag/),
    ]);
    expect(missing(Selection.allOf(TagCondition.notEqualTo('env', 'test'), PROD))).toEqual([]);
    expect(missing(Selection.anyOf(PROD, NOT_NO))).toEqual([
      expect.stringMatching(/^'Orders\/Test', 'Orders\/Bare' meet the condition on tag 'backup' only by having no such tag/),
    ]);
  });

  test('a bucket without versioning that is found by its tags is told, and left as it is', () => {
    const stack = stackIn();
    const bucket = new Bucket(stack, 'Files');
    Tags.of(bucket).add('env', 'prod');
    planIn(stack).select('Some', Selection.allOf(PROD));
    expect(() => Template.fromStack(stack)).toThrow(/'versioned' of bucket 'Orders\/Files' is off.*BucketNotVersioned/);
    expect((bucket.node.defaultChild as CfnBucket).versioningConfiguration).toBeUndefined();
  });
});

test('a service principal role given to the plan serves every selection', () => {
  const stack = stackIn();
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('backup.amazonaws.com') });
  const plan = new ProtectionPlan(stack, 'Plan', { role, rules: [ProtectionRule.daily('Daily', { keep: Duration.days(30) })] });
  plan.select('One', Selection.allOf(PROD));
  plan.select('Two', Selection.resources(tableIn(stack, 'T')));
  expect(rendered(stack).map(({ IamRoleArn }) => JSON.stringify(IamRoleArn))).toEqual(
    Array(2).fill(JSON.stringify(stack.resolve(role.roleArn))),
  );
});
