import type { CfnResource } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { warn } from './problems';

/** Warns when properties of what this library makes are overridden: limits and verdicts know the props only. */
export function watchOverrides(owner: IConstruct, cfn: CfnResource): void {
  owner.node.addValidation({
    validate: () => {
      const { rawOverrides } = cfn as unknown as { readonly rawOverrides?: { readonly Properties?: object } };
      const names = Object.keys(rawOverrides?.Properties ?? {}).filter((name) => !name.endsWith('Tags'));
      if (names.length > 0) {
        warn(
          owner,
          'OverrideNotJudged',
          `'${names.join("', '")}' of the template is overridden, which neither limits nor verdicts know of: use the props of the construct`,
        );
      }
      return [];
    },
  });
}
