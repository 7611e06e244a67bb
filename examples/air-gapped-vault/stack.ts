import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { FileSystem } from 'aws-cdk-lib/aws-efs';
import { AirGappedVault, ComplianceAcknowledgement, CopyRule, Disruption, Protection, RecoveryTier } from 'cdk-recovery';
import type { Construct } from 'constructs';

/** A copy that nobody can delete before its time, encrypted with a key that AWS owns: it survives the loss of the account. */
export class AirGappedStack extends Stack {
  /** Told here, so that synth needs no AWS account to ask. */
  public override get availabilityZones(): string[] {
    return [`${this.region}a`, `${this.region}c`];
  }

  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

    const vpc = new Vpc(this, 'Network', {
      natGateways: 0,
      subnetConfiguration: [{ name: 'data', subnetType: SubnetType.PRIVATE_ISOLATED }],
    });
    const contracts = new FileSystem(this, 'Contracts', { vpc, vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED }, encrypted: true });

    const airGappedVault = new AirGappedVault(this, 'AirGapped', {
      minRetention: Duration.days(7),
      maxRetention: Duration.days(3660),
      acknowledgement: ComplianceAcknowledgement.NOBODY_CAN_LIFT_THIS_LOCK_OR_DELETE_RECOVERY_POINTS_EARLY,
    });
    const protection = new Protection(this, 'Protection', {
      tier: RecoveryTier.STANDARD,
      recoveryRegion: 'ap-northeast-3',
      airGappedVault,
      survives: [Disruption.OPERATOR_ERROR, Disruption.ZONE_LOSS, Disruption.REGION_LOSS, Disruption.ACCOUNT_COMPROMISE],
      copyRule: CopyRule.atLeast({ copies: 3, media: 2, offSite: 1, immutable: 1 }),
    });
    protection.protect(contracts);
  }
}
