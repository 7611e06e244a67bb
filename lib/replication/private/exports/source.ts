import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../../core/private/errors';
import { insist } from '../../../core/private/problems';
import { checkExportSource } from '../../../model/limits/exports';
import { labelOf, type ResourceType } from '../../../model/services';
import { placeOf, targetOf } from '../../../services';
import type { Target } from '../../../services/service';
import { textOf } from '../../../services/settings';
import { requireBeside } from '../beside';

/** Checks that a construct is something of these types, beside the machine that exports it: Step Functions calls its own Region only. */
export function sourceOf(scope: IConstruct, construct: IConstruct, types: readonly ResourceType[]): Target {
  const target = targetOf(scope, construct);
  if (!types.includes(target.type)) {
    throw new ConfigurationError(
      'NotExportable',
      `'source' is '${target.id}', ${labelOf(target.type)}: give one of ${types.map((type) => labelOf(type)).join(', ')}`,
      scope,
    );
  }
  requireBeside(scope, target, { property: 'source', otherwise: 'its export would run' });
  return target;
}

/** The engine of a database, as far as it is known. */
export function engineOf({ cfn, construct }: Target): string | undefined {
  const { engine } = construct as { readonly engine?: { readonly engineType?: string } };
  return cfn ? textOf(cfn, 'engine')?.toLowerCase() : engine?.engineType;
}

/** Refuses a database that RDS exports nothing of. */
export function requireExportable(scope: IConstruct, target: Target): void {
  insist(scope, ...checkExportSource({ type: target.type, engine: engineOf(target), region: placeOf(target).region }));
}
