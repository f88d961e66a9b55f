// What is removed before anything leaves: detectors, policies, tokens, receipts. Runs in browsers too.
export { entityTypes, type EntityType } from './entity-types.ts';
export { ENGINE_VERSION } from './engine.ts';
export { RedactionError, type RedactionErrorCode } from './errors.ts';
export { defaultLimits, type JsonValue, type Limits } from './json.ts';
export { parsePolicy, tenantDefaultPolicy, type Action, type CustomPattern, type Policy } from './policy.ts';
export type { Span } from './pieces.ts';
export { redactor, type Receipt, type Redacted, type Redactor, type RedactorParts } from './redactor.ts';
export { redactStream, type StreamRedactor } from './stream.ts';
export { parseTokenKey, writeTokenKey, type TokenKey } from './tokens.ts';
export { weakenings } from './weakenings.ts';
