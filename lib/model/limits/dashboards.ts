import { documented } from './limit';

const QUOTAS = 'CloudWatch User Guide: quotas';

/** What a dashboard of CloudWatch takes. */
export const DASHBOARD_LIMITS = {
  widgets: documented(500, 'widgets of a dashboard', QUOTAS),
  metricsPerWidget: documented(500, 'metrics of a widget', QUOTAS),
  metrics: documented(2_500, 'metrics of a dashboard', QUOTAS),
} as const;
