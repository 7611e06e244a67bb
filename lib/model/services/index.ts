export { abilitiesOf, RESOURCE_TYPES } from './abilities';
export { DEFAULT_SIZE_GIB, estimateMs, type TimedStep } from './estimates';
export { labelOf } from './labels';
export { type Properties, statefulTypeOf, zonesOf } from './stateful';
export type { Abilities, ContinuousAbility, ResourceType } from './types';
