import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { FileSystem } from 'aws-cdk-lib/aws-efs';
import { Protection, RecoveryObjective, RetentionPolicy, RetentionRung, WeekDay } from 'cdk-recovery';
import type { Construct } from 'constructs';

/** Grandfather, father, son by hand: what is kept, since when in cold storage, and on which day. */
export class LadderStack extends Stack {
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
    const archive = new FileSystem(this, 'Archive', { vpc, vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED }, encrypted: true });

    const protection = new Protection(this, 'Protection', {
      objective: RecoveryObjective.of({ rpo: Duration.hours(30), rto: Duration.hours(24) }),
      retention: RetentionPolicy.of(
        RetentionRung.daily(Duration.days(14), { hour: 22 }),
        RetentionRung.weekly(Duration.days(60), { weekDay: WeekDay.FRIDAY, hour: 22 }),
        RetentionRung.monthly(Duration.days(400), { hour: 22, coldStorageAfter: Duration.days(14) }),
        RetentionRung.yearly(Duration.days(3660), { hour: 22 }),
      ),
    });
    protection.protect(archive);
  }
}
