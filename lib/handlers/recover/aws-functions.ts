import {
  DeleteFunctionConcurrencyCommand,
  DeleteProvisionedConcurrencyConfigCommand,
  GetFunctionConcurrencyCommand,
  GetProvisionedConcurrencyConfigCommand,
  PutFunctionConcurrencyCommand,
  PutProvisionedConcurrencyConfigCommand,
} from '@aws-sdk/client-lambda';
import type { FunctionConfig } from '../../model/recovery';
import type { AwsClients } from './aws-clients';
import type { ComputePort, Progress } from './ports';
import { done, failed, pending, unless } from './progress';

/** Stands for a function without reserved concurrency. */
const UNRESERVED = -1;
const NONE = ['ProvisionedConcurrencyConfigNotFoundException', 'ResourceNotFoundException'];

/** Functions behind an alias: they start by themselves, so that only provisioned concurrency is scaled. */
export class AwsFunctions implements ComputePort<FunctionConfig> {
  constructor(private readonly clients: AwsClients) {}

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

  public async close({ functionName: FunctionName }: FunctionConfig): Promise<Progress> {
    await this.clients.lambda().send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
    return done('no call is taken');
  }

  public async open({ functionName: FunctionName }: FunctionConfig, former = UNRESERVED): Promise<Progress> {
    await (former === UNRESERVED
      ? this.clients.lambda().send(new DeleteFunctionConcurrencyCommand({ FunctionName }))
      : this.clients.lambda().send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: former })));
    return done('calls are taken');
  }
}
