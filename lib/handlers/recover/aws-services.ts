import type { AutoScalingConfig, EcsConfig } from '../../model/recovery';
import type { AwsClients } from './aws-clients';
import type { ComputePort, Progress } from './ports';
import { done, pending } from './progress';
import { signedCall } from './signed-call';

interface Service {
  readonly desiredCount: number;
  readonly runningCount: number;
  readonly pendingCount?: number;
}

/** States of a task in which none of its containers runs any more (ECS Developer Guide: task lifecycle). */
const STOPPED = ['DEPROVISIONING', 'STOPPED', 'DELETED'];

/** Services of Amazon ECS. */
export class AwsServices implements ComputePort<EcsConfig> {
  constructor(private readonly clients: AwsClients) {}

  public async count(config: EcsConfig): Promise<number> {
    return (await this.find(config)).desiredCount;
  }

  public async scale(config: EcsConfig, count: number, exact: boolean): Promise<Progress> {
    const found = await this.find(config);
    const wanted = exact ? count : Math.max(count, found.desiredCount);
    await this.bound(config, count, config.scaling?.max ?? count);
    if (found.desiredCount !== wanted) {
      await this.ecs('UpdateService', { cluster: config.cluster, service: config.service, desiredCount: wanted });
    }
    const ready = exact ? found.runningCount === wanted : found.runningCount >= count;
    const words = `${found.runningCount} of ${wanted} tasks run`;
    return found.desiredCount === wanted && ready ? done(words) : pending(words);
  }

  /** Auto scaling would start tasks again, unless it may have none. */
  public async close(config: EcsConfig): Promise<Progress> {
    const found = await this.find(config);
    await this.bound(config, 0, 0);
    if (found.desiredCount > 0) {
      await this.ecs('UpdateService', { cluster: config.cluster, service: config.service, desiredCount: 0 });
    }
    const running = found.runningCount + (found.pendingCount ?? 0);
    if (found.desiredCount > 0 || running > 0) {
      return pending(`${running} tasks of ${config.service} still run`);
    }
    const stopping = await this.stopping(config);
    return stopping === 0 ? done('no task runs') : pending(`${stopping} tasks of ${config.service} are stopping`);
  }

  public async open(config: EcsConfig, former = config.standby): Promise<Progress> {
    const found = await this.find(config);
    await this.bound(config, Math.min(former, config.full), config.scaling?.max ?? former);
    if (found.desiredCount < former) {
      await this.ecs('UpdateService', { cluster: config.cluster, service: config.service, desiredCount: former });
    }
    return done(`${Math.max(found.desiredCount, former)} tasks are to run`);
  }

  /** Tasks that are no more counted as running have as long to end as they ask for. */
  private async stopping({ cluster, service }: EcsConfig): Promise<number> {
    let count = 0;
    let nextToken: string | undefined;
    do {
      const page = JSON.parse(await this.ecs('ListTasks', { cluster, serviceName: service, desiredStatus: 'STOPPED', nextToken }));
      const arns: readonly string[] = page.taskArns ?? [];
      if (arns.length > 0) {
        const { tasks = [] } = JSON.parse(await this.ecs('DescribeTasks', { cluster, tasks: arns }));
        count += tasks.filter(({ lastStatus }: { readonly lastStatus: string }) => !STOPPED.includes(lastStatus)).length;
      }
      nextToken = page.nextToken;
    } while (nextToken);
    return count;
  }

  private async bound({ scaling }: EcsConfig, MinCapacity: number, MaxCapacity: number): Promise<void> {
    if (scaling) {
      const body = {
        ServiceNamespace: 'ecs',
        ResourceId: scaling.resourceId,
        ScalableDimension: 'ecs:service:DesiredCount',
        MinCapacity,
        MaxCapacity,
      };
      await signedCall(this.clients, {
        service: 'application-autoscaling',
        target: 'AnyScaleFrontendService.RegisterScalableTarget',
        body,
      });
    }
  }

  private async find({ cluster, service }: EcsConfig): Promise<Service> {
    const { services = [] } = JSON.parse(await this.ecs('DescribeServices', { cluster, services: [service] }));
    if (!services[0]) {
      throw new Error(`there is no service ${service} in ${cluster}`);
    }
    return services[0];
  }

  private ecs(operation: string, body: object): Promise<string> {
    return signedCall(this.clients, { service: 'ecs', target: `AmazonEC2ContainerServiceV20141113.${operation}`, body });
  }
}

interface Group {
  readonly desired: number;
  readonly inService: number;
  readonly instances: number;
}

/** Auto Scaling groups. */
export class AwsGroups implements ComputePort<AutoScalingConfig> {
  constructor(private readonly clients: AwsClients) {}

  public async count(config: AutoScalingConfig): Promise<number> {
    return (await this.find(config)).desired;
  }

  public async scale(config: AutoScalingConfig, count: number, exact: boolean): Promise<Progress> {
    const found = await this.find(config);
    const wanted = exact ? count : Math.max(count, found.desired);
    await this.update(config, count, Math.max(config.max, count), wanted);
    const ready = exact ? found.instances === wanted && found.inService === wanted : found.inService >= count;
    return found.desired === wanted && ready
      ? done(`${found.inService} instances are in service`)
      : pending(`${found.inService} of ${wanted} instances are in service`);
  }

  public async close(config: AutoScalingConfig): Promise<Progress> {
    const found = await this.find(config);
    await this.update(config, 0, 0, 0);
    return found.instances === 0 ? done('no instance runs') : pending(`${found.instances} instances of ${config.group} still run`);
  }

  public async open(config: AutoScalingConfig, former = config.standby): Promise<Progress> {
    // a step that scales out opens first, each time it is taken: what it has begun to start stays
    const wanted = Math.max((await this.find(config)).desired, former);
    await this.update(config, Math.min(former, config.full), Math.max(config.max, wanted), wanted);
    return done(`${wanted} instances are to run`);
  }

  private async update({ group }: AutoScalingConfig, min: number, max: number, desired: number): Promise<void> {
    await this.call('UpdateAutoScalingGroup', {
      AutoScalingGroupName: group,
      MinSize: `${min}`,
      MaxSize: `${max}`,
      DesiredCapacity: `${desired}`,
    });
  }

  private async find({ group }: AutoScalingConfig): Promise<Group> {
    const said = await this.call('DescribeAutoScalingGroups', { 'AutoScalingGroupNames.member.1': group });
    const desired = /<DesiredCapacity>(\d+)</.exec(said)?.[1];
    if (desired === undefined) {
      throw new Error(`there is no Auto Scaling group ${group}`);
    }
    const states = [...said.matchAll(/<LifecycleState>([^<]+)</g)].map(([, state]) => state);
    return { desired: Number(desired), instances: states.length, inService: states.filter((state) => state === 'InService').length };
  }

  private call(Action: string, parameters: Readonly<Record<string, string>>): Promise<string> {
    return signedCall(this.clients, { service: 'autoscaling', query: { Action, Version: '2011-01-01', ...parameters } });
  }
}
