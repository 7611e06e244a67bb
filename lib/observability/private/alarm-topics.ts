import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { SEVERITIES, type Severity } from '../../model/failures';

const WORDS: Readonly<Record<Severity, string>> = { critical: 'Critical', high: 'High', low: 'Low' };

/** Services that publish by themselves: alarms, and notifications of vaults. */
const PUBLISHERS = ['cloudwatch.amazonaws.com', 'backup.amazonaws.com'] as const;

/**
 * One encrypted topic for each severity, for an alarm of CloudWatch tells its own nowhere that a filter could read. A topic
 * with the key of AWS would be silent: no service may use that key.
 */
export class AlarmTopics extends Construct {
  public readonly key: Key;

  private readonly topics: Readonly<Record<Severity, Topic>>;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { account } = Stack.of(this);
    this.key = new Key(this, 'Key', {
      description: 'Encrypts what is told of backups and of their recovery',
      enableKeyRotation: true,
      // nothing is kept under it
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const conditions = { StringEquals: { 'aws:SourceAccount': account } };
    for (const service of PUBLISHERS) {
      this.key.addToResourcePolicy(
        new PolicyStatement({
          sid: `Publish${service.split('.')[0]}`,
          principals: [new ServicePrincipal(service)],
          actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
          // in the policy of a key, * is the key
          resources: ['*'],
          conditions,
        }),
      );
    }
    const topicOf = (severity: Severity): Topic => {
      const topic = new Topic(this, WORDS[severity], {
        displayName: `Recovery: ${severity}`,
        masterKey: this.key,
        enforceSSL: true,
      });
      allowServices(topic, PUBLISHERS);
      return topic;
    };
    this.topics = { critical: topicOf('critical'), high: topicOf('high'), low: topicOf('low') };
  }

  public of(severity: Severity): Topic {
    return this.topics[severity];
  }

  /** Topics of these severities, the worst first; of all where none are named. */
  public ofAll(severities: readonly Severity[] = SEVERITIES): readonly ITopic[] {
    return SEVERITIES.filter((severity) => severities.includes(severity)).map((severity) => this.topics[severity]);
  }

  /** By severity, for the configuration of a function. */
  public arns(severities: readonly Severity[] = SEVERITIES): Readonly<Record<Severity, string>> {
    const entries = SEVERITIES.filter((one) => severities.includes(one)).map((one) => [one, this.topics[one].topicArn]);
    return Object.fromEntries(entries);
  }
}

/** Lets services publish to a topic, on behalf of its own account only. */
export function allowServices(topic: Topic, services: readonly string[]): void {
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'ServicesOfThisAccount',
      principals: services.map((service) => new ServicePrincipal(service)),
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(topic).account } },
    }),
  );
}
