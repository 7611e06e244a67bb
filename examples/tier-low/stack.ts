import { Size, Stack, type StackProps } from 'aws-cdk-lib';
import { Volume } from 'aws-cdk-lib/aws-ec2';
import { Protection, RecoveryTier } from 'cdk-recovery';
import type { Construct } from 'constructs';

/** RPO and RTO of a week: recovery points on two days of the week, weekly and monthly ones kept longer. */
export class LowStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

    const builds = new Volume(this, 'Builds', { availabilityZone: `${this.region}a`, size: Size.gibibytes(200), encrypted: true });

    const protection = new Protection(this, 'Protection', { tier: RecoveryTier.LOW });
    protection.protect(builds, { expects: { dataSize: Size.gibibytes(200) } });
  }
}
