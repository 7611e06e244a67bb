import { differ } from '../../differ';
import { Disruption } from '../../disruption';
import type { CopyFact, ResourceFact } from '../../facts';
import { LIMITS } from '../../limits';
import { canBeLost, keyBondOf } from './key-bond';
import { holdOf, shortLock } from './lock-hold';

/** Whether a copy is still there and can be read after a disruption. */
export interface Survival {
  readonly survives: 'yes' | 'no' | 'unknown';
  /** Why not, or on what condition, to follow the name of the copy. */
  readonly why?: string;
  /** A reader of the verdict would otherwise count on the copy, or on too much. */
  readonly notable?: boolean;
  /** No state is sure to be kept longer than this: what the lock has let go may be gone. */
  readonly lockedMs?: number;
}

const YES: Survival = { survives: 'yes' };

const { min, max } = LIMITS.keyWaitingPeriod.value;
const KEY_WAITS = `its key may be in the same account; deletion of a key takes its waiting period of ${min} to ${max} days`;

/** Judges one copy of a resource against one disruption. */
export function survivalOf(copy: CopyFact, resource: ResourceFact, disruption: Disruption): Survival {
  switch (disruption) {
    case Disruption.OPERATOR_ERROR:
      return copy.form === 'replica' ? no('follows every change, so the error too') : YES;
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
    return unknown('whether it lies in another zone is not known');
  }
  return copy.lostWithZone ? no('lies in the same zone') : YES;
}

function regionLoss(copy: CopyFact, resource: ResourceFact): Survival {
  const elsewhere = isElsewhere('region', copy, resource);
  if (elsewhere === undefined) {
    return unknown('whether it lies in another Region is known only at deploy time');
  }
  if (!elsewhere) {
    return { survives: 'no', why: 'lies in the Region of the resource' };
  }
  const { shared, inRegion } = keyBondOf(copy, resource);
  return inRegion ? no(`has ${shared ? 'the key of the resource' : 'a key of the Region of the resource'}, which is lost with it`) : YES;
}

function accountCompromise(copy: CopyFact, resource: ResourceFact): Survival {
  if (copy.form === 'replica') {
    return no('follows every change, those of an intruder too');
  }
  const { shared, inAccount } = keyBondOf(copy, resource);
  if (shared === true) {
    return no('has the key of the resource, and who takes that key takes the copy');
  }
  const elsewhere = isElsewhere('account', copy, resource);
  if (elsewhere === true) {
    if (inAccount === undefined) {
      return unknown(
        "its key is not known here (an imported vault takes 'encryptionKeyArn'); it must not belong to the account of the resource",
      );
    }
    return inAccount ? no('has a key of the account of the resource, and who takes that key takes the copy') : YES;
  }
  if (copy.immutable === 'compliance') {
    const locked = underLock(copy, shared);
    if (elsewhere === false || locked.survives !== 'no') {
      return locked;
    }
  }
  if (elsewhere === undefined) {
    return unknown('whether it lies in another account is known only at deploy time');
  }
  return copy.immutable === 'governance'
    ? no('an administrator of the account can lift its governance lock')
    : { survives: 'no', why: 'lies in the account of the resource without a compliance lock' };
}

/** What a compliance lock keeps of a copy that its attacker can reach. */
function underLock(copy: CopyFact, shared: boolean | undefined): Survival {
  const hold = holdOf(copy);
  if (hold === 'short') {
    return no(shortLock(copy));
  }
  if (hold === 'unknown') {
    return unknown('whether its lock lasts until the next one is there is known only at deploy time');
  }
  if (shared === undefined) {
    return unknown("whether it has the key of the resource is not known here (an imported vault takes 'encryptionKeyArn')");
  }
  const whys = [...(hold === 'doubtful' ? [shortLock(copy)] : []), ...(canBeLost(copy.key) ? [KEY_WAITS] : [])];
  const lasting: Survival = typeof copy.lockedMs === 'number' ? { survives: 'yes', lockedMs: copy.lockedMs } : YES;
  return whys.length === 0 ? lasting : { ...lasting, why: whys.join('; '), notable: true };
}

function no(why: string): Survival {
  return { survives: 'no', why, notable: true };
}

function unknown(why: string): Survival {
  return { survives: 'unknown', why, notable: true };
}
