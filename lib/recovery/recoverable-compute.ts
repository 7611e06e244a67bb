import type { IAutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import type { IBaseService } from 'aws-cdk-lib/aws-ecs';
import type { IAlias } from 'aws-cdk-lib/aws-lambda';
import type { ComputeBinding } from './private/bound-compute';
import { bindService } from './private/ecs-service';
import { bindAlias } from './private/function-alias';
import { bindGroup } from './private/scaling-group';
import type { RecoverableConcurrencyOptions, RecoverableCountOptions } from './recoverable-compute-options';

/**
 * What runs the application of a site. A failover scales it out by calls, and not by a deployment. Give the construct itself the number that the
 * strategy wants: `desiredCount: site.capacityOf(8)`.
 */
export class RecoverableCompute {
  /**
   * A service of Amazon ECS. Where Application Auto Scaling sets its number, the least number is raised too.
   * @param service an L2 or an import that knows its cluster
   * @param options how many tasks
   */
  public static ecsService(service: IBaseService, options: RecoverableCountOptions): RecoverableCompute {
    return new RecoverableCompute((place) => bindService(place, service, options));
  }

  /**
   * An Auto Scaling group of EC2 instances, started from its launch template.
   * @param group an L2 or an import
   * @param options how many instances
   */
  public static autoScalingGroup(group: IAutoScalingGroup, options: RecoverableCountOptions): RecoverableCompute {
    return new RecoverableCompute((place) => bindGroup(place, group, options));
  }

  /**
   * An alias of a Lambda function, whose provisioned concurrency is set. The function itself answers without it too, only later.
   * @param alias an L2 or an import
   * @param options how much is kept ready
   */
  public static functionAlias(alias: IAlias, options: RecoverableConcurrencyOptions): RecoverableCompute {
    return new RecoverableCompute((place) => bindAlias(place, alias, options));
  }

  private constructor(
    /** @internal */
    public readonly _bind: ComputeBinding,
  ) {}
}
