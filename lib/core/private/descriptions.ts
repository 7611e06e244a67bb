import { Token } from 'aws-cdk-lib/core';

/** Characters that descriptions of roles may have (IAM API Reference: CreateRole), and of security groups. */
const FORBIDDEN = { role: /[^\t\n\r\x20-\x7E\xA1-\xFF]/gu, securityGroup: /[^\w. :/()#,@[\]+=&;{}!$*-]/g };

/** How long a description may be, by what it describes (IAM, EventBridge Scheduler, CloudWatch and EC2 API References). */
const MOST = { role: 1000, schedule: 512, alarm: 1024, securityGroup: 255 } as const;

/** A description that AWS takes: paths of constructs may be in any script and of any length. What is at the `end` is never cut. */
export function descriptionOf(what: keyof typeof MOST, text: string, end = ''): string {
  const plain = what in FORBIDDEN && !Token.isUnresolved(text) ? text.replace(FORBIDDEN[what as keyof typeof FORBIDDEN], '?') : text;
  const room = MOST[what] - end.length;
  return `${plain.length > room && !Token.isUnresolved(plain) ? `${plain.slice(0, room - 3)}...` : plain}${end}`;
}
