import type { ProtectionProps, ProtectOptions } from '../protection-options';

/** Options of one resource over those of all; a tier brings its own objective, retention and rhythm. */
export function overridden(props: ProtectionProps, options: ProtectOptions): ProtectionProps {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  if (options.tier) {
    const { objective, retention, dataClass, continuous, recoveryPointsEvery, survives, ...rest } = props;
    return { ...rest, ...given };
  }
  return { ...props, ...given };
}
