export { type AssessOptions, assess } from './assess';
export { explainClaim, explainTerms, explainVerdict } from './explain';
