import {
  DeleteFunctionConcurrencyCommand,
  DeleteProvisionedConcurrencyConfigCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetProvisionedConcurrencyConfigCommand,
  ListTagsCommand,
  PutFunctionConcurrencyCommand,
  PutProvisionedConcurrencyConfigCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-lambda';
import type { FunctionConfig } from '../../model/recovery';
import { SECOND } from '../../model/time';
import { unless } from '../aws/unless-error';
import type { AwsClients } from './aws-clients';
import type { ComputePort, Progress } from './ports';
import { done, failed, pending } from './progress';

/** Stands for a function without reserved concurrency. */
const UNRESERVED = -1;
const NONE = ['ProvisionedConcurrencyConfigNotFoundException', 'ResourceNotFoundException'];
/** Since when no call is taken, in milliseconds, and what was provisioned until then. */
const CLOSED_TAG = 'cdk-recovery:closed';
const PROVISIONED_TAG = 'cdk-recovery:provisioned';

/** Functions behind an alias: they start by themselves, so that only provisioned concurrency is scaled. */
export class AwsFunctions implements ComputePort<FunctionConfig> {
  constructor(
    private readonly clients: AwsClients,
    private readonly now: () => number,
  ) {}

  /** Of a function it is the reserved concurrency that is put back. */
  public async count({ functionName: FunctionName }: FunctionConfig): Promise<number> {
    const { ReservedConcurrentExecutions: reserved } = await this.clients
      .lambda()
      .send(new GetFunctionConcurrencyCommand({ FunctionName }));
    return reserved ?? UNRESERVED;
  }

  public async scale({ functionName: FunctionName, alias: Qualifier }: FunctionConfig, count: number): Promise<Progress> {
    const lambda = this.clients.lambda();
    const found = await unless(NONE, lambda.send(new GetProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier })));
    if (count === 0) {
      await (found && unless(NONE, lambda.send(new DeleteProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier }))));
      return done('nothing is provisioned');
    }
    if (found?.RequestedProvisionedConcurrentExecutions !== count) {
      const wanted = { FunctionName, Qualifier, ProvisionedConcurrentExecutions: count };
      await lambda.send(new PutProvisionedConcurrencyConfigCommand(wanted));
      return pending(`${count} are to be provisioned`);
    }
    const words = `${found.AvailableProvisionedConcurrentExecutions ?? 0} of ${count} are provisioned`;
    return found.Status === 'READY' ? done(words) : found.Status === 'FAILED' ? failed(`${words}: ${found.StatusReason}`) : pending(words);
  }

  /** Nothing may be provisioned where nothing may run. Calls that were taken before go on until their time is over. */
  public async close(config: FunctionConfig): Promise<Progress> {
    const { functionName: FunctionName, alias: Qualifier } = config;
    const lambda = this.clients.lambda();
    const { FunctionArn: arn = '', Timeout = 0 } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName, Qualifier }));
    const tags = await this.tagsOf(arn);
    if (tags[CLOSED_TAG] === undefined || (await this.count(config)) !== 0) {
      const found = await unless(NONE, lambda.send(new GetProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier })));
      const provisioned = found?.RequestedProvisionedConcurrentExecutions;
      if (provisioned) {
        await lambda.send(new TagResourceCommand({ Resource: unqualified(arn), Tags: { [PROVISIONED_TAG]: `${provisioned}` } }));
        await unless(NONE, lambda.send(new DeleteProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier })));
      }
      await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
      await lambda.send(new TagResourceCommand({ Resource: unqualified(arn), Tags: { [CLOSED_TAG]: `${this.now()}` } }));
      return pending(`${FunctionName} takes no call any more, and ends those that it has`);
    }
    return this.now() - Number(tags[CLOSED_TAG]) > Timeout * SECOND
      ? done('no call is taken')
      : pending(`calls of ${FunctionName} may go on for ${Timeout} s`);
  }

  public async open({ functionName: FunctionName, alias: Qualifier }: FunctionConfig, former = UNRESERVED): Promise<Progress> {
    const lambda = this.clients.lambda();
    await (former === UNRESERVED
      ? lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }))
      : lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: former })));
    const { FunctionArn: arn = '' } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName, Qualifier }));
    const tags = await this.tagsOf(arn);
    const provisioned = Number(tags[PROVISIONED_TAG] ?? 0);
    if (provisioned > 0) {
      await lambda.send(
        new PutProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier, ProvisionedConcurrentExecutions: provisioned }),
      );
    }
    if (tags[CLOSED_TAG] !== undefined || tags[PROVISIONED_TAG] !== undefined) {
      await lambda.send(new UntagResourceCommand({ Resource: unqualified(arn), TagKeys: [CLOSED_TAG, PROVISIONED_TAG] }));
    }
    return done('calls are taken');
  }

  private async tagsOf(arn: string): Promise<Readonly<Record<string, string>>> {
    return (await this.clients.lambda().send(new ListTagsCommand({ Resource: unqualified(arn) }))).Tags ?? {};
  }
}

/** Tags belong to the function and not to its aliases. */
function unqualified(arn: string): string {
  return arn.split(':').slice(0, 7).join(':');
}
