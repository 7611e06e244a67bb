import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { differ } from '../../model/differ';
import type { ConcernFact, ResourceFact } from '../../model/facts';
import {
  checkAirGappedType,
  checkBucket,
  checkColdStorage,
  checkContinuousRules,
  checkCopyKeys,
  checkCount,
  type Problem,
} from '../../model/limits';
import { abilitiesOf, labelOf, type ResourceType } from '../../model/services';
import { sumMs } from '../../model/time';
import { claimsOf, type JobTimes, type Overlap, overlapsOf, type RuleModel } from '../../model/worst-case';
import { eventsOf } from '../../services/bucket-events';
import { settingOf } from '../../services/settings';
import { ScannedResourceType } from '../malware-scan';
import type { BoundRule } from './bound-rule';
import { goesAirGapped, isContinuous } from './copy-facts';
import type { PlanMember, ProtectedResource } from './plan-members';

/** So many resources are named in one message. */
const SHOWN = 3;

const SCANNED: ReadonlySet<string> = new Set(Object.values(ScannedResourceType));

/** What is odd about the rules of a plan, for the types that it protects. */
export function planConcerns(
  plan: IConstruct,
  rules: readonly BoundRule[],
  types: ReadonlySet<ResourceType>,
  cautions: readonly string[],
): readonly ConcernFact[] {
  const problems = [...types].flatMap((type) => [
    ...rules.map(({ airGapped }) => airGapped && checkAirGappedType(type)),
    checkContinuousRules(rules.filter((rule) => isContinuous(rule, type)).length),
  ]);
  // what a Protection derives for all its types is meant for those that have it
  const byHand = rules.filter(({ isRung }) => !isRung);
  return [
    ...coldConcerns(plan, byHand, types),
    ...problems.filter((problem) => problem !== undefined).map((problem) => concern(plan, problem)),
    ...[...types].flatMap((type) => airGappedConcerns(plan, rules, type)),
    ...overlapConcerns(plan, byHand),
    ...unknownConcerns(plan, rules),
    ...(types.has('S3') ? bucketConcerns(plan, rules) : []),
    ...cautions.map((caution) => warning(plan, 'WeakClaim', caution)),
  ];
}

/** Cold storage is told to be useless only where no type of the plan has it: a mixed plan means it for the others. */
function coldConcerns(plan: IConstruct, rules: readonly BoundRule[], types: ReadonlySet<ResourceType>): readonly ConcernFact[] {
  const problems = [...types].map((type) => rules.map(({ coldAfterDays }) => checkColdStorage(type, coldAfterDays)));
  return problems.every((ofType) => ofType.some((problem) => problem !== undefined))
    ? problems
        .flat()
        .filter((problem) => problem !== undefined)
        .map((problem) => concern(plan, problem))
    : [];
}

/** What is odd about the selections of a plan. */
export function memberConcerns(plan: IConstruct, members: readonly PlanMember[]): readonly ConcernFact[] {
  const byTag = members.filter(({ spec }) => spec.kind === 'allOf' || spec.kind === 'anyOf').length;
  const problem = checkCount('tagSelections', byTag);
  return problem ? [concern(plan, problem)] : [];
}

/** Resources that a selection has only because a condition with "not" meets no tag: told once for each tag. */
export function absenceConcerns(plan: IConstruct, resources: Iterable<ProtectedResource>): readonly ConcernFact[] {
  const byTag = new Map<string, string[]>();
  for (const { target, absent } of resources) {
    for (const tag of new Set(absent)) {
      const ids = byTag.get(tag) ?? [];
      ids.push(target.id);
      byTag.set(tag, ids);
    }
  }
  return [...byTag].map(([tag, ids]) => {
    const more = ids.length > SHOWN ? ` and ${ids.length - SHOWN} more` : '';
    const message = `${ids
      .slice(0, SHOWN)
      .map((id) => `'${id}'`)
      .join(
        ', ',
      )}${more} meet the condition on tag '${tag}' only by having no such tag, but AWS Backup documents conditions with 'not' for tagged resources: give them the tag, or list them`;
    return warning(plan, 'TagMissing', message);
  });
}

/** What is odd about one resource in a plan. */
export function resourceConcerns(
  plan: IConstruct,
  rules: readonly BoundRule[],
  { target, listed }: ProtectedResource,
  resource: ResourceFact,
): readonly ConcernFact[] {
  const keys = rules.flatMap(({ place, copies }) =>
    copies.map((copy) =>
      checkCopyKeys(
        target.type,
        {
          otherRegion: differ(copy.place.place.region, place.place.region),
          otherAccount: differ(copy.place.place.account, place.place.account),
        },
        { destination: copy.place.key.kind, source: resource.key.kind },
      ),
    ),
  );
  return [
    ...[...keys, listed ? undefined : bucketProblem(rules, target, resource)]
      .filter((problem) => problem !== undefined)
      .map((problem) => concern(plan, problem, target.id)),
  ];
}

/** A resource that is found by its tags is not changed, but what it lacks is told. */
function bucketProblem(
  rules: readonly BoundRule[],
  { type, cfn }: ProtectedResource['target'],
  { name }: ResourceFact,
): Problem | undefined {
  const status = cfn && settingOf(cfn, 'versioningConfiguration.status');
  const known = status === undefined || typeof status === 'string';
  return type === 'S3' && cfn
    ? checkBucket(name, {
        versioned: known ? status === 'Enabled' : undefined,
        continuous: rules.some((rule) => isContinuous(rule, type)),
        eventBridge: eventsOf(cfn as CfnBucket),
      })
    : undefined;
}

const NO_TIME: JobTimes = { backupMs: 0, copyMs: 0, basis: 'estimated' };

/**
 * Rules whose runs are swallowed by another one. Where the winner runs at the same times the loser's promise is still kept
 * by its recovery points, so that is told only where the promise gets worse, or where a rule never runs at all.
 */
function overlapConcerns(plan: IConstruct, rules: readonly BoundRule[]): readonly ConcernFact[] {
  const models = rules.map(({ model }) => model).filter((model) => model !== undefined);
  const atOnce = overlapsOf(models.map((model) => ({ ...model, startWindowMs: 1 })));
  return overlapsOf(models)
    .filter((overlap) => overlap.share >= 1 || (!stepsIn(models, overlap, atOnce) && weakens(models, overlap)))
    .map(({ winner, loser, share, tie }) =>
      warning(
        plan,
        'OverlappingRules',
        `'startWindow' of rules '${winner}' and '${loser}' overlap, so that ${percent(share)} of the runs of '${loser}' make no recovery point` +
          `${tie ? ' (both keep equally long, and which one loses is not documented)' : ` (only '${winner}', which keeps longer, does)`}: ` +
          'shorten the start windows, or move the schedules apart',
      ),
    );
}

/**
 * Whether the winner backs up at the very times of all runs that it swallows, as soon and to the same places. That is how
 * the plans of `Protection` are made, and much cheaper to see than what `weakens` computes.
 */
function stepsIn(models: readonly RuleModel[], { winner, loser, share }: Overlap, atOnce: readonly Overlap[]): boolean {
  const [by, of] = [winner, loser].map((wanted) => models.find(({ name }) => name === wanted)!);
  return (
    atOnce.some((overlap) => overlap.winner === winner && overlap.loser === loser && overlap.share === share) &&
    by.startWindowMs <= of.startWindowMs &&
    by.container === of.container &&
    of.copies.every((copy) => by.copies.some(({ container }) => container === copy.container))
  );
}

/** Whether the recovery points of both together leave a longer gap than the loser would alone. */
function weakens(models: readonly RuleModel[], { winner, loser }: Overlap): boolean {
  const [before] = claimsOf(
    models.filter(({ name }) => name === loser),
    NO_TIME,
  );
  const both = models.filter(({ name }) => name === loser || name === winner);
  const after = claimsOf(both, NO_TIME).find(({ container }) => container === before?.container);
  return before !== undefined && after !== undefined && sumMs(after.staleness) > sumMs(before.staleness);
}

function percent(share: number): string {
  return share >= 1 ? 'all' : `${Math.max(1, Math.round(share * 100))} %`;
}

function unknownConcerns(plan: IConstruct, rules: readonly BoundRule[]): readonly ConcernFact[] {
  return rules
    .filter(({ model }) => model === undefined)
    .map(({ name }) =>
      warning(
        plan,
        'RuleUnknown',
        `'schedule', 'startWindow' or 'keep' of rule '${name}' is only known at deploy time, so nothing is promised for it: give plain values`,
      ),
    );
}

/** What a rule asks for, and does not get for types whose recovery points go to a logically air-gapped vault. */
function airGappedConcerns(plan: IConstruct, rules: readonly BoundRule[], type: ResourceType): readonly ConcernFact[] {
  const { continuous, fullyManaged } = abilitiesOf(type);
  return rules
    .filter((rule) => goesAirGapped(rule, type))
    .flatMap((rule) => [
      ...(rule.continuous && continuous?.by === 'AWS Backup'
        ? [
            warning(
              plan,
              'ContinuousNotAirGapped',
              `'continuous' of rule '${rule.name}' is on, but continuous recovery points of ${labelOf(type)} in a logically air-gapped vault are not documented and not counted: put 'continuous' into a rule without 'airGappedVault'`,
            ),
          ]
        : []),
      ...(rule.scanned && SCANNED.has(type) && !fullyManaged
        ? [
            warning(
              plan,
              'ScanNotAirGapped',
              `'malwareScan' of rule '${rule.name}' is on, but scans pass over recovery points of ${labelOf(type)} that only wait for their copy into a logically air-gapped vault: scan them by a rule without 'airGappedVault'`,
            ),
          ]
        : []),
    ]);
}

/** AWS Backup wants the continuous and the other recovery points of a bucket in one vault. */
function bucketConcerns(plan: IConstruct, rules: readonly BoundRule[]): readonly ConcernFact[] {
  const vaults = [...new Map(rules.map(({ place }) => [place.container, place.name])).values()];
  return vaults.length > 1 && rules.some((rule) => isContinuous(rule, 'S3'))
    ? [
        warning(
          plan,
          'BucketVaultsDiffer',
          `'vault' of the rules is '${vaults.join("' and '")}', but continuous and other recovery points of an ${labelOf('S3')} have to be in one vault: use one vault, or another plan for buckets`,
        ),
      ]
    : [];
}

function concern(plan: IConstruct, { severity, code, message }: Problem, resource?: string): ConcernFact {
  return { kind: 'concern', severity, code, by: plan.node.path, resource, message };
}

function warning(plan: IConstruct, code: string, message: string, resource?: string): ConcernFact {
  return concern(plan, { severity: 'warning', code, message }, resource);
}
