/** How bad something is. */
export type Severity = 'critical' | 'high' | 'low';

/** Every severity, the worst first. */
export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'low'];
