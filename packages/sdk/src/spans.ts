// Runs in browsers too. OpenTelemetry GenAI attribute names (semantic conventions 1.41) and Ancilla's own. No content ever stands in a span.
import type { PromptEventInput } from '@ancilla/contracts';
import type { Attributes } from '@opentelemetry/api';
import type { AgentConfig } from './config.ts';

/** What is known before the model is called. */
export const startAttributes = (of: {
  readonly agent_id: string;
  readonly model_id: string;
  readonly endpoint: string;
  readonly operation: string;
  readonly saga_id: string | undefined;
  readonly tenant_id: string | undefined;
}): Attributes => ({
  'gen_ai.operation.name': of.operation,
  'gen_ai.request.model': of.model_id,
  'gen_ai.agent.id': of.agent_id,
  'server.address': of.endpoint,
  'ancilla.agent_id': of.agent_id,
  'ancilla.model_id': of.model_id,
  ...(of.saga_id !== undefined && { 'ancilla.saga_id': of.saga_id }),
  ...(of.tenant_id !== undefined && { 'ancilla.tenant_id': of.tenant_id }),
});

/** What the choice of a config adds. */
export const configAttributes = ({ agent_id, version }: AgentConfig): Attributes => ({
  'ancilla.agent_config_id': agent_id,
  'ancilla.agent_config_version': version,
});

/** What the finished event adds. */
export const endAttributes = (event: PromptEventInput): Attributes => ({
  'ancilla.prompt_hash': event.prompt_hash,
  'ancilla.redaction.applied': event.redaction_applied,
  'ancilla.redaction.policy_version': event.redaction_receipt.policy_version,
  'ancilla.event_id': event.event_id,
  ...(event.cost_estimate !== null && { 'ancilla.cost_est': event.cost_estimate }),
  ...(event.metrics.token_count_in !== null && { 'gen_ai.usage.input_tokens': event.metrics.token_count_in }),
  ...(event.metrics.token_count_out !== null && { 'gen_ai.usage.output_tokens': event.metrics.token_count_out }),
  ...(event.error_code !== undefined && { 'error.type': event.error_code }),
});
