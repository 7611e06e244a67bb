import { namedKey } from '../core/private/keys';
import type { KeyFact } from '../model/facts';
import { describeTarget } from './facts';
import type { ServiceAdapter, Target } from './service';
import { settingOf } from './settings';

/** EC2 instances: a recovery point is an image with a snapshot of every attached volume, consistent as after a crash. */
export const EC2: ServiceAdapter = {
  types: ['EC2'],
  describe: (target) => describeTarget(target, { key: keyOf(target) }),
  copies: () => [],
  prepare: () => () => [],
};

/** The key of the volumes in the block device mappings, where they agree on one. */
function keyOf({ cfn }: Target): KeyFact {
  const mappings = cfn && settingOf(cfn, 'blockDeviceMappings');
  if (!cfn || !Array.isArray(mappings) || mappings.length === 0) {
    return { kind: 'unknown' };
  }
  const keys = mappings.map((_, index) => settingOf(cfn, `blockDeviceMappings.${index}.ebs.kmsKeyId`));
  const [first] = keys;
  return typeof first === 'string' && keys.every((key) => key === first) ? namedKey(first) : { kind: 'unknown' };
}
