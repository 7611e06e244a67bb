import { Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { known } from '../../core/private/known';
import { differ } from '../../model/differ';
import { traitsOf } from '../../vault/private/traits';
import type { RestoreVerificationProps } from '../restore-verification-props';

/** Where something is, as far as that is known. */
interface Place {
  readonly region?: string;
  readonly account?: string;
}

/** Refuses a verification that is not where the recovery points are, or whose network or evidence is not where it is itself. */
export function requireNear(scope: IConstruct, { protection, network, evidence }: RestoreVerificationProps): void {
  const here = placeOf(scope);
  const { region, account } = traitsOf(protection.vault);
  const away = difference({ region, account }, here);
  if (away !== undefined) {
    throw new ConfigurationError(
      'VerificationElsewhere',
      `'${protection.node.path}' keeps its recovery points in ${away}, but restore tests run where recovery points are: make the verification in a stack of ${away}, and test copies with 'copies'`,
      scope,
    );
  }
  for (const [prop, given] of Object.entries({ network, evidence })) {
    const elsewhere = given && difference(placeOf(given), here);
    if (elsewhere !== undefined) {
      throw new ConfigurationError(
        'VerificationElsewhere',
        `'${prop}' is in ${elsewhere}, but restore tests run in ${here.region ?? 'another Region'}, which would need it there: make it in the stack of the verification, or leave it out`,
        scope,
      );
    }
  }
}

function placeOf(scope: IConstruct): Place {
  const { region, account } = Stack.of(scope);
  return { region: known(region), account: known(account) };
}

/** In which other Region or account something is. */
function difference(one: Place, other: Place): string | undefined {
  if (differ(one.region, other.region)) {
    return one.region;
  }
  return differ(one.account, other.account) ? `account ${one.account}` : undefined;
}
