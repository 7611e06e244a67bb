import type { KeyFact } from '../facts';
import { abilitiesOf, labelOf, type ResourceType } from '../services';
import { type Problem, warning } from './problem';

/** Where a copy action leads; `undefined` is only known at deploy time. */
export interface CopyRoute {
  readonly otherRegion?: boolean;
  readonly otherAccount?: boolean;
}

/** Why AWS Backup makes no copy of a type on this route, in words; `undefined` where it makes one. */
export function copyObstacle(type: ResourceType, route: CopyRoute): string | undefined {
  const { awsBackup, copyRegion, copyAccount } = abilitiesOf(type);
  if (!awsBackup) {
    return `AWS Backup does not protect ${labelOf(type)}`;
  }
  const none = `AWS Backup copies no recovery points of ${labelOf(type)}`;
  const ways = [
    { asked: route.otherRegion, able: copyRegion, words: 'to another Region' },
    { asked: route.otherAccount, able: copyAccount, words: 'to another account' },
  ];
  const closed = ways.find(({ asked, able }) => asked === true && !able);
  if (closed) {
    return `${none} ${closed.words}`;
  }
  return ways.some(({ able }) => able) ? undefined : none;
}

/** Keys on the way of a copy. */
export interface CopyKeys {
  /** Key of the destination vault. */
  readonly destination: KeyFact['kind'];
  /** Key of the data itself. */
  readonly source: KeyFact['kind'];
}

/** Warns where the keys make the copies of a type fail, because AWS Backup does not manage it fully. */
export function checkCopyKeys(type: ResourceType, route: CopyRoute, keys: CopyKeys): Problem | undefined {
  if (abilitiesOf(type).fullyManaged) {
    return undefined;
  }
  const destinationUnfit = keys.destination !== 'customer' && keys.destination !== 'unknown';
  if (destinationUnfit && (route.otherRegion === true || route.otherAccount === true)) {
    return warning(
      'CopyNeedsCustomerKey',
      `'encryptionKey' of the destination vault is ${keys.destination}, but copies of ${labelOf(type)} to another Region or account fail without a customer managed key: give the vault its own key`,
    );
  }
  return route.otherAccount === true && keys.source === 'service-managed'
    ? warning(
        'SourceNeedsCustomerKey',
        `'encryptionKey' of the ${labelOf(type)} is an AWS managed key, but such a key cannot be shared and copies to another account fail: encrypt the data with a customer managed key`,
      )
    : undefined;
}

/** Why the keys on its way keep a copy of a type from being made, in words; `undefined` where they may let it pass. */
export function keyObstacle(
  type: ResourceType,
  route: CopyRoute,
  { destination, source }: { readonly destination: KeyFact; readonly source: KeyFact },
): string | undefined {
  // a key of the service's own, such as alias/aws/rds, takes copies of that service; the key of AWS Backup takes none
  const unfit = destination.kind === 'service-managed' && (destination.id ?? 'alias/aws/backup').endsWith('alias/aws/backup');
  const problem = checkCopyKeys(type, route, { destination: unfit ? 'service-managed' : 'customer', source: source.kind });
  if (problem === undefined) {
    return undefined;
  }
  return unfit
    ? `copies of ${labelOf(type)} to another Region or account fail in a vault without a customer managed key`
    : `data of ${labelOf(type)} under an AWS managed key cannot be copied to another account`;
}
