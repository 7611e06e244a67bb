/** What runs the application at a site: how many when it has the traffic, and how many while it waits. */
export type ComputeConfig = EcsConfig | AutoScalingConfig | FunctionConfig;

interface Item {
  /** The same at all sites. */
  readonly name: string;
  readonly order: number;
  readonly full: number;
  readonly standby: number;
}

/** A service of Amazon ECS; `scaling` where Application Auto Scaling sets its number. */
export interface EcsConfig extends Item {
  readonly kind: 'ecs';
  readonly cluster: string;
  readonly service: string;
  readonly scaling?: { readonly resourceId: string; readonly max: number };
}

/** An Auto Scaling group, of instances started from its launch template. */
export interface AutoScalingConfig extends Item {
  readonly kind: 'asg';
  readonly group: string;
  readonly max: number;
}

/** An alias of a function: `full` and `standby` are its provisioned concurrency. */
export interface FunctionConfig extends Item {
  readonly kind: 'lambda';
  readonly functionName: string;
  readonly alias: string;
}
