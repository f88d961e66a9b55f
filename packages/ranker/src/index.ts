// Features to scores: a listwise model over similarities, fitted to decisions, compared on tables it never saw. Pure; runs in browsers.
export { calibrate, promised, type Calibration, type Scored } from './calibrate.ts';
export { compare, type Comparison } from './compare.ts';
export { domainOf } from './domain.ts';
export { exp } from './exp.ts';
export { featureNames } from './features.ts';
export { fit, fitDecisions, type TrainingRow } from './fit.ts';
export { learn } from './learn.ts';
export { abstains, explain, logit, parseModel, priorModel, score, type Model } from './model.ts';
