/** A line of the log that CloudWatch takes metrics from (CloudWatch User Guide: embedded metric format). */
export function metricLine(
  namespace: string,
  timestampMs: number,
  dimensions: Readonly<Record<string, string>>,
  values: Readonly<Record<string, number>>,
): string {
  const metrics = { Namespace: namespace, Dimensions: [Object.keys(dimensions)], Metrics: Object.keys(values).map((Name) => ({ Name })) };
  return JSON.stringify({ _aws: { Timestamp: timestampMs, CloudWatchMetrics: [metrics] }, ...dimensions, ...values });
}
