import { Token } from 'aws-cdk-lib/core';
import { ConfigurationError } from '../core/private/errors';

/** Routing controls of Amazon Application Recovery Controller. */
export interface RoutingControlOptions {
  /** The five endpoints of the cluster by their Regions, such as `{ 'us-east-1': 'https://...' }`. */
  readonly clusterEndpoints: { [region: string]: string };
  /** The routing control of each site by its Region, as an ARN. */
  readonly routingControls: { [region: string]: string };
}

/** What turns the records of sites on and off. */
export class TrafficSwitch {
  /**
   * Two metrics, one in each Region, at which health checks look: no control plane of AWS is needed and nothing of the lost Region.
   */
  public static latches(): TrafficSwitch {
    return new TrafficSwitch();
  }

  /**
   * Routing controls of a cluster of Amazon Application Recovery Controller that you have. A cluster is billed by the hour, so none is made.
   * Throws `InvalidRoutingControls` for endpoints or controls that are none.
   */
  public static routingControls(options: RoutingControlOptions): TrafficSwitch {
    const { clusterEndpoints, routingControls } = options;
    const badUrl = Object.values(clusterEndpoints).find((url) => !Token.isUnresolved(url) && !url.startsWith('https://'));
    if (Object.keys(clusterEndpoints).length === 0 || badUrl !== undefined) {
      throw new ConfigurationError(
        'InvalidRoutingControls',
        `'clusterEndpoints' ${badUrl === undefined ? 'is empty' : `has '${badUrl}'`}, but controls are set at the endpoints of their cluster: give the five that 'aws route53-recovery-control-config describe-cluster' tells`,
      );
    }
    const badArn = Object.values(routingControls).find(
      (arn) => !Token.isUnresolved(arn) && !/^arn:[^:]+:route53-recovery-control:/.test(arn),
    );
    if (badArn !== undefined) {
      throw new ConfigurationError(
        'InvalidRoutingControls',
        `'routingControls' has '${badArn}', which is no ARN of a routing control: give the ARN of one for each site`,
      );
    }
    return new TrafficSwitch(options);
  }

  private constructor(
    /** @internal */
    public readonly _controls?: RoutingControlOptions,
  ) {}
}
