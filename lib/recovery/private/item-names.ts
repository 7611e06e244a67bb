import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';

/** Names of items become parts of states, parameters and identifiers of RDS. */
const NAME = /^(?=.{1,30}$)[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$/;
const LAST_ORDER = 99;

/** Refuses a name that another item of the site has or that cannot be used, and an order out of range. */
export function requireItem(scope: IConstruct, name: string, order: number, taken: readonly string[]): void {
  if (!NAME.test(name)) {
    throw new ConfigurationError(
      'InvalidItemName',
      `the id of an item is '${name}', but states, parameters and databases are named after it: take 1 to 30 letters, digits or single hyphens, the first a letter`,
      scope,
    );
  }
  if (taken.includes(name)) {
    throw new ConfigurationError('DuplicateItem', `the site has an item '${name}' already: give one of them another id`, scope);
  }
  if (!Number.isInteger(order) || order < 0 || order > LAST_ORDER) {
    throw new ConfigurationError(
      'InvalidOrder',
      `'order' of '${name}' is ${order}, but items are put in order by whole numbers from 0 to ${LAST_ORDER}: give one of these`,
      scope,
    );
  }
}

/** Functions, machines and alarms are named after the recovery, the longest name being that of the function: 64 characters. */
const RECOVERY_NAME = /^(?=.{1,40}$)[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$/;

/** Refuses the name of a recovery that what is named after it could not have. */
export function requireRecoveryName(scope: IConstruct, name: string): void {
  if (!RECOVERY_NAME.test(name)) {
    throw new ConfigurationError(
      'InvalidRecoveryName',
      `the name of the recovery is '${name}', but functions, tables and alarms of every site are named after it: give 'recoveryName' of 1 to 40 letters, digits or single hyphens, the first a letter`,
      scope,
    );
  }
}
