import type { Message } from '../../model/failures';

/** A metric of CloudWatch, with how the points of an hour are added up. */
export interface MetricQuery {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: 'Maximum' | 'Sum' | 'SampleCount';
}

/** What a metric was in an hour. */
export interface Point {
  readonly atMs: number;
  readonly value: number;
}

/** What the function needs of the world. Whoever cannot answer throws: nothing is guessed from half an answer. */
export interface DigestPorts {
  /** The Region of the function. */
  readonly region: string;
  now(): number;
  /** Dimensions of the metrics of a name that have every one of these. */
  metrics(region: string, namespace: string, name: string, having: readonly string[]): Promise<readonly Readonly<Record<string, string>>[]>;
  /** Hour by hour, for each query; hours without data are left out. */
  points(region: string, queries: readonly MetricQuery[], fromMs: number, toMs: number): Promise<readonly (readonly Point[])[]>;
  publish(topicArn: string, message: Message): Promise<void>;
}
