import { differ } from '../../differ';
import type { CopyFact, KeyFact, Place, ResourceFact } from '../../facts';

/** What the key of a copy has to do with its resource: whatever takes that away takes the copy. Left out where not known. */
export interface KeyBond {
  /** The copy has the very key of the resource. */
  readonly shared?: boolean;
  /** Who loses the Region of the resource loses the key. */
  readonly inRegion?: boolean;
  /** Who loses the account of the resource loses the key. */
  readonly inAccount?: boolean;
}

/** Keys of AWS and data without a key: there is nothing that anybody could delete or change. */
const FREE: KeyBond = { shared: false, inRegion: false, inAccount: false };

export function keyBondOf({ key, place }: Pick<CopyFact, 'key' | 'place'>, resource: ResourceFact): KeyBond {
  if (!canBeLost(key)) {
    return FREE;
  }
  const own = identityOf(key, place);
  const shared = isShared(own, resource);
  return {
    shared,
    inRegion: shared === true || equal(own.region, resource.place.region),
    inAccount: shared === true || (own.name === undefined ? undefined : equal(own.account, resource.place.account)),
  };
}

/** Whether the key is one that its owner can delete, as far as is known. */
export function canBeLost({ kind }: KeyFact): boolean {
  return kind === 'customer' || kind === 'unknown';
}

interface Identity {
  /** Left out where the key is not known at all. */
  readonly name?: string;
  readonly form: 'construct' | 'key' | 'alias';
  readonly region?: string;
  readonly account?: string;
}

const BARE = /^(alias\/|mrk-|[0-9a-f]{8}-)/;

/** An ARN says where a key is; any other is in the Region of what it encrypts, since services take no other, and in its account. */
function identityOf({ id, region, account }: KeyFact, place: Place): Identity {
  const [arn, , , arnRegion, arnAccount, arnName] = id?.split(':') ?? [];
  const isArn = arn === 'arn' && arnName !== undefined;
  const name = isArn ? arnName.replace(/^key\//, '') : id;
  return {
    name,
    form: name?.startsWith('alias/') ? 'alias' : isArn || BARE.test(name ?? '') ? 'key' : 'construct',
    region: (isArn ? arnRegion : region) ?? place.region,
    account: (isArn ? arnAccount : account) ?? place.account,
  };
}

/**
 * A key is one of its Region: one of another Region is another key, also where it is a multi-Region replica, whose policy, state
 * and deletion are its own.
 */
function isShared(own: Identity, { key, place }: ResourceFact): boolean | undefined {
  if (!canBeLost(key)) {
    return false;
  }
  const other = identityOf(key, place);
  if (own.name === undefined || other.name === undefined) {
    return differ(own.region, other.region) === true ? false : undefined;
  }
  if (own.name === other.name && own.form === 'construct') {
    return true;
  }
  const apart = [differ(own.region, other.region), differ(own.account, other.account)];
  if (apart.includes(true)) {
    return false;
  }
  if (own.name === other.name) {
    return apart.includes(undefined) ? undefined : true;
  }
  // an alias may be that of any key around it
  return own.form === 'alias' || other.form === 'alias' ? undefined : false;
}

function equal(one: string | undefined, other: string | undefined): boolean | undefined {
  const apart = differ(one, other);
  return apart === undefined ? undefined : !apart;
}
