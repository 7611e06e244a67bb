import { Stage } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { type Inventory, isAttached } from '../../core/private/inventory';
import type { FactSource } from '../../core/private/record';
import type { ConcernFact, CopyFact, Fact } from '../../model/facts';
import type { PlanWatch } from '../../model/freshness';
import { SERVICE_RETENTION_DAYS } from '../../model/retention';
import { CronSchedule, HORIZON_START } from '../../model/schedule';
import type { ResourceType } from '../../model/services';
import { DAY, MINUTE } from '../../model/time';
import type { JobTimes } from '../../model/worst-case';
import { adapterOf, attachedVolumes, targetOf } from '../../services';
import { restoreTerms } from '../../services/restore-terms';
import type { Concerns, Needs, Target } from '../../services/service';
import type { BoundRule } from './bound-rule';
import { claimsForType, type TypeClaims } from './copy-facts';
import { emptyConcerns } from './empty-selections';
import { jobTimes } from './job-times';
import { madeCopy } from './made-copies';
import { absenceConcerns, memberConcerns, planConcerns, resourceConcerns } from './plan-concerns';
import type { PlanMember, ProtectedResource } from './plan-members';
import { watchOf } from './plan-watch';
import { selects } from './selection-match';

/** Tells the record which copies a plan makes of which resources. */
export class PlanFacts implements FactSource {
  private readonly prepared = new Map<string, Concerns>();
  private needed?: { readonly rules: number; readonly needs: Needs };

  constructor(
    public readonly owner: IConstruct & { readonly planName: string },
    private readonly rules: readonly BoundRule[],
    private readonly registered: readonly PlanMember[],
  ) {}

  /** Selections and resources that nobody has taken out of the app meanwhile. */
  private get members(): readonly PlanMember[] {
    return this.registered
      .filter(({ owner }) => isAttached(owner))
      .map((member) => ({ ...member, listed: member.listed.filter(({ target }) => isAttached(target.construct)) }));
  }

  /** Sets what the plan needs on resources of this app; called once the tree is complete, and again when rules were added. */
  public prepare(): void {
    const needs = this.needs();
    for (const { target } of this.members.flatMap(({ listed }) => listed)) {
      if (!this.prepared.has(target.id)) {
        this.prepared.set(target.id, adapterOf(target.type).prepare(target, needsOf(target.type, needs)));
      }
    }
  }

  public watched(): readonly PlanWatch[] {
    const watch = watchOf(this.owner, this.rules, this.members);
    return watch ? [watch] : [];
  }

  public facts(inventory: Inventory): readonly Fact[] {
    // an aspect may have changed a resource since it was prepared
    this.prepared.clear();
    this.prepare();
    const protectedOnes = this.protectedBy(inventory);
    const needs = this.needs();
    const facts: Fact[] = [];
    const stage = Stage.of(this.owner) ?? this.owner.node.root;
    // walks the whole tree, so only where there is an instance that volumes may belong to
    if ([...protectedOnes.values()].some(({ target }) => target.type === 'EC2')) {
      facts.push(...attachedVolumes(stage, (id) => protectedOnes.has(id)));
    }
    const concerns = [...this.prepared.values()].flatMap((told) => told());
    const claims = new Map<string, TypeClaims>();
    for (const one of protectedOnes.values()) {
      const { target, expected } = one;
      const resource = adapterOf(target.type).describe(target);
      const times = jobTimes(target.type, expected);
      const { templates } = this.claimsFor(claims, target.type, times);
      const restore = restoreTerms(target.type, expected);
      facts.push(resource, ...adapterOf(target.type).copies(target, restore, needs));
      facts.push(...templates.map((template) => asSeen(target, madeCopy(template, resource, restore, this.rules))));
      concerns.push(...resourceConcerns(this.owner, this.rules, one, resource));
    }
    concerns.push(...absenceConcerns(this.owner, protectedOnes.values()), ...emptyConcerns(this.owner, this.members, inventory));
    const types = new Set([...protectedOnes.values()].map(({ target }) => target.type));
    const cautions = [...claims.values()].flatMap((claim) => claim.cautions);
    return [
      ...facts,
      ...unique([...concerns, ...planConcerns(this.owner, this.rules, types, cautions), ...memberConcerns(this.owner, this.members)]),
    ];
  }

  private claimsFor(known: Map<string, TypeClaims>, type: ResourceType, times: JobTimes): TypeClaims {
    const key = `${type} ${times.backupMs} ${times.copyMs} ${times.basis}`;
    const claims = known.get(key) ?? claimsForType(this.owner.node.path, this.rules, type, times);
    known.set(key, claims);
    return claims;
  }

  private needs(): Needs {
    if (this.needed?.rules !== this.rules.length) {
      const needs = {
        continuous: this.rules.some(({ continuous }) => continuous),
        copied: this.rules.some(({ copies }) => copies.length > 0),
        backupMinutes: backupMinutes(this.rules),
      };
      this.needed = { rules: this.rules.length, needs };
      this.prepared.clear();
    }
    return this.needed.needs;
  }

  /** Each resource once; where several selections have it, the first one's expectations hold. */
  private protectedBy(inventory: Inventory): ReadonlyMap<string, ProtectedResource> {
    const found = new Map<string, ProtectedResource>();
    const { members } = this;
    for (const { listed } of members) {
      for (const { target, expected } of listed) {
        if (!found.has(target.id)) {
          found.set(target.id, { target, expected, absent: [], listed: true });
        }
      }
    }
    const searching = members.filter(({ spec }) => spec.kind !== 'resources' && spec.kind !== 'arns');
    for (const item of searching.length > 0 ? inventory.values() : []) {
      for (const member of searching) {
        const match = found.has(item.id) ? undefined : selects(this.owner, member, item);
        if (match) {
          found.set(item.id, { target: targetOf(this.owner, item.cfn), expected: member.expected, absent: match.absent, listed: false });
        }
      }
    }
    return found;
  }
}

/** Whether an import is ready for continuous backup cannot be seen here. */
function asSeen({ cfn }: Target, copy: CopyFact): CopyFact {
  return cfn || copy.form !== 'continuous' ? copy : { ...copy, staleness: copy.staleness.map((term) => ({ ...term, basis: 'estimated' })) };
}

/** Databases keep automated backups of their own beside the plan; the point-in-time recovery of tables has its own default. */
function needsOf(type: ResourceType, needs: Needs): Needs {
  return type === 'DynamoDB' ? needs : { ...needs, serviceRetentionDays: SERVICE_RETENTION_DAYS };
}

const DAYS_LOOKED_AT = 31;

/** Minutes of the UTC day at which start windows open, in winter and in summer. */
function backupMinutes(rules: readonly BoundRule[]): readonly number[] {
  const minutes = new Set<number>();
  for (const { model } of rules) {
    const schedule = model && CronSchedule.parse(model.expression, model.timeZone);
    for (const fromMs of [HORIZON_START, HORIZON_START + 180 * DAY]) {
      for (const run of schedule?.runs(fromMs, fromMs + DAYS_LOOKED_AT * DAY) ?? []) {
        minutes.add((run % DAY) / MINUTE);
      }
    }
  }
  return [...minutes].sort((one, other) => one - other);
}

function unique(concerns: readonly ConcernFact[]): readonly ConcernFact[] {
  return [...new Map(concerns.map((concern) => [JSON.stringify(concern), concern])).values()];
}
