// What an agent imports: connect(), agent().call(), hooks, spans, tools, delivery. Runs on Node and in browsers.
export type { CallOptions, CallRedactor, CallResult, Hook, ModelAnswer, ModelInput } from './call-options.ts';
export type { Message } from './config.ts';
export { hashedForm } from './event.ts';
export { errorCode } from './identity.ts';
export { parseTokenKey, type TokenKey } from '@ancilla/redaction';
export { connect, type ConnectOptions } from './connect.ts';
export type { Attachment, DeliveryStats, OnProblem } from './delivery.ts';
export { draw } from './draw.ts';
export { extractCandidates, firstSentences, normalizeConfidences, summarize, type Candidate } from './hooks.ts';
export { httpTransport, TransportError } from './http-transport.ts';
export { estimateCost } from './prices.ts';
export { HookError } from './run-hooks.ts';
export { AgentError, openSdk, type Agent, type AgentOptions, type Sdk, type SdkParts } from './sdk.ts';
export { ToolError, type BoundTool, type ToolContext } from './tools.ts';
export type { Delivered, Governed, Redacted, Ref, SagaLease, Serving, Transport, WalAppend } from './transport.ts';
export { unlessAborted } from './unless-aborted.ts';
export { wellFormed } from './well-formed.ts';
