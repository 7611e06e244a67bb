import { differ } from '../../differ';
import { Disruption } from '../../disruption';
import type { CopyFact, ResourceFact } from '../../facts';
import { LIMITS } from '../../limits';

/** Whether a copy is still there and sound after a disruption, and what a reader should know about it. */
export interface Survival {
  readonly survives: 'yes' | 'no' | 'unknown';
  readonly note?: string;
}

const YES: Survival = { survives: 'yes' };
const NO: Survival = { survives: 'no' };

const { min, max } = LIMITS.keyWaitingPeriod.value;
const KEY_WAITS = `its key may be in the same account; deletion of a key takes its waiting period of ${min} to ${max} days`;

/** Judges one copy of a resource against one disruption. */
export function survivalOf(copy: CopyFact, resource: ResourceFact, disruption: Disruption): Survival {
  switch (disruption) {
    case Disruption.OPERATOR_ERROR:
      return copy.form === 'replica' ? { survives: 'no', note: `${copy.mechanism}: follows every change, so the error too` } : YES;
    case Disruption.ZONE_LOSS:
      return zoneLoss(copy, resource);
    case Disruption.REGION_LOSS:
      return regionLoss(copy, resource);
    case Disruption.ACCOUNT_COMPROMISE:
      return accountCompromise(copy, resource);
  }
}

/** Whether a copy is in another Region or account than its resource; `undefined` where that is only known at deploy time. */
export function isElsewhere(part: 'region' | 'account', { beside, place }: CopyFact, resource: ResourceFact): boolean | undefined {
  return beside ? false : differ(place[part], resource.place[part]);
}

function zoneLoss(copy: CopyFact, resource: ResourceFact): Survival {
  if (copy.form !== 'replica' || isElsewhere('region', copy, resource) === true) {
    return YES;
  }
  if (copy.lostWithZone === undefined) {
    return { survives: 'unknown', note: `${copy.mechanism}: whether it lies in another zone is not known` };
  }
  return copy.lostWithZone ? { survives: 'no', note: `${copy.mechanism}: lies in the same zone` } : YES;
}

function regionLoss(copy: CopyFact, resource: ResourceFact): Survival {
  const elsewhere = isElsewhere('region', copy, resource);
  if (elsewhere === undefined) {
    return { survives: 'unknown', note: `${copy.mechanism}: whether it lies in another Region is known only at deploy time` };
  }
  if (!elsewhere) {
    return NO;
  }
  return sharesKey(copy, resource)
    ? { survives: 'yes', note: `${copy.mechanism}: has the key of the resource, so it needs a multi-Region key to be read elsewhere` }
    : YES;
}

function accountCompromise(copy: CopyFact, resource: ResourceFact): Survival {
  if (copy.form === 'replica') {
    return { survives: 'no', note: `${copy.mechanism}: follows every change, those of an intruder too` };
  }
  if (sharesKey(copy, resource)) {
    return { survives: 'no', note: `${copy.mechanism}: has the key of the resource, and who takes that key takes the copy` };
  }
  const elsewhere = isElsewhere('account', copy, resource);
  if (elsewhere === true) {
    if (keyAccount(copy) !== undefined && keyAccount(copy) === resource.place.account) {
      return { survives: 'no', note: `${copy.mechanism}: has a key of the account of the resource, and who takes that key takes the copy` };
    }
    return copy.key.kind === 'unknown'
      ? { survives: 'yes', note: `${copy.mechanism}: its key is not known here; it must not belong to the account of the resource` }
      : YES;
  }
  if (copy.immutable === 'compliance') {
    return copy.key.kind === 'customer' || copy.key.kind === 'unknown' ? { survives: 'yes', note: `${copy.mechanism}: ${KEY_WAITS}` } : YES;
  }
  if (elsewhere === undefined) {
    return { survives: 'unknown', note: `${copy.mechanism}: whether it lies in another account is known only at deploy time` };
  }
  return copy.immutable === 'governance'
    ? { survives: 'no', note: `${copy.mechanism}: an administrator of the account can lift its governance lock` }
    : NO;
}

/** The account that the key of a copy belongs to, where its ARN tells. */
export function keyAccount({ key }: CopyFact): string | undefined {
  return key.id?.startsWith('arn:') ? key.id.split(':')[4] : undefined;
}

/** Whether who takes the key of the resource takes the copy too. */
export function sharesKey(copy: CopyFact, resource: ResourceFact): boolean {
  return copy.key.kind === 'customer' && copy.key.id !== undefined && copy.key.id === resource.key.id;
}
