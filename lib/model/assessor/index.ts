export { type AssessOptions, assess } from './assess';
export { explainClaim, explainVerdict } from './explain';
