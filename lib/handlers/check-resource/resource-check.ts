import type { HttpCheckSpec, ResourceCheckSpec } from '../../model/verification';

/** What this function can be asked to look at. */
export type ResourceCheck = ResourceCheckSpec | HttpCheckSpec;

/** A kind of check and what it is told. */
export type CheckOf<K extends ResourceCheck['kind']> = Extract<ResourceCheck, { kind: K }>;
