import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type StackEvent,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import type { Emulator } from './harness';
import { ACCOUNT, eventually } from './harness';

/** A template as an object. */
export interface Template {
  readonly [section: string]: unknown;
}

/** How an operation on a stack ended. */
export interface StackOutcome {
  readonly status: string;
  readonly outputs: Record<string, string>;
  /** Logical id and status of every event of this operation, oldest first. */
  readonly events: string[];
  /** The reasons of the failures. */
  readonly failures: string[];
}

/** Creates, updates and deletes stacks without the CDK, and waits for the end. */
export class StackClient {
  public readonly api: CloudFormationClient;

  constructor(emulator: Emulator, region = 'ap-northeast-1', account = ACCOUNT) {
    this.api = new CloudFormationClient(emulator.client(region, account));
  }

  public async create(
    name: string,
    resources: Template,
    more: Template = {},
    options: { disableRollback?: boolean } = {},
  ): Promise<StackOutcome> {
    const { StackId } = await this.api.send(
      new CreateStackCommand({
        StackName: name,
        TemplateBody: JSON.stringify({ Resources: resources, ...more }),
        Capabilities: ['CAPABILITY_NAMED_IAM'],
        DisableRollback: options.disableRollback,
      }),
    );
    return this.outcome(StackId!, 0);
  }

  public async update(name: string, resources: Template, more: Template = {}): Promise<StackOutcome> {
    const seen = (await this.events(name)).length;
    await this.api.send(
      new UpdateStackCommand({
        StackName: name,
        TemplateBody: JSON.stringify({ Resources: resources, ...more }),
        Capabilities: ['CAPABILITY_NAMED_IAM'],
      }),
    );
    return this.outcome(name, seen);
  }

  public async delete(name: string): Promise<StackOutcome> {
    const { Stacks } = await this.api.send(new DescribeStacksCommand({ StackName: name }));
    const id = Stacks![0].StackId!;
    const seen = (await this.events(id)).length;
    await this.api.send(new DeleteStackCommand({ StackName: name }));
    return this.outcome(id, seen);
  }

  private async events(name: string): Promise<StackEvent[]> {
    return (await this.api.send(new DescribeStackEventsCommand({ StackName: name }))).StackEvents!.reverse();
  }

  private async outcome(name: string, seen: number): Promise<StackOutcome> {
    const stack = await eventually(`the end of ${name}`, async () => {
      const [found] = (await this.api.send(new DescribeStacksCommand({ StackName: name }))).Stacks!;
      return !found.StackStatus!.endsWith('_IN_PROGRESS') && found;
    });
    const events = (await this.events(name)).slice(seen);
    return {
      status: stack.StackStatus!,
      outputs: Object.fromEntries((stack.Outputs ?? []).map((output) => [output.OutputKey, output.OutputValue])),
      events: events.map((event) => `${event.LogicalResourceId} ${event.ResourceStatus}`),
      failures: events.filter((event) => event.ResourceStatus!.endsWith('_FAILED')).map((event) => event.ResourceStatusReason ?? ''),
    };
  }
}
