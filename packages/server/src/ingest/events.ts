import { inOneSentence, PromptEvent, PromptEventInput, toFieldErrors, type FieldError } from '@ancilla/contracts';
import { Compile } from 'typebox/compile';

/** An event the server takes, or why it does not: by its place in what was sent. */
export type Checked =
  | { readonly index: number; readonly event: PromptEventInput }
  | {
      readonly index: number;
      readonly code: 'schema.invalid' | 'tenant.mismatch';
      readonly detail: string;
      readonly errors: readonly FieldError[];
    };

const input = Compile(PromptEventInput);
/** A summary larger than this, in UTF-8 bytes, is refused. */
const SUMMARY_BYTES = 1024;

/** Checks one event as sent. Messages say what is expected, never what was sent. */
export function checkEvent(sent: unknown, index: number, tenant_id: string): Checked {
  const refuse = (errors: readonly FieldError[], code: 'schema.invalid' | 'tenant.mismatch' = 'schema.invalid'): Checked => ({
    index,
    code,
    detail: inOneSentence(errors),
    errors: errors.map(({ path, message }) => ({ path: `/${index}${path}`, message })),
  });
  if (!input.Check(sent)) return refuse(toFieldErrors(input.Errors(sent)));
  if (sent.tenant_id !== undefined && sent.tenant_id !== tenant_id)
    return refuse([{ path: '/tenant_id', message: 'is another tenant than the credential’s' }], 'tenant.mismatch');
  const problems: FieldError[] = [];
  if (Buffer.byteLength(JSON.stringify(sent.response_summary)) > SUMMARY_BYTES)
    problems.push({ path: '/response_summary', message: `is larger than ${SUMMARY_BYTES} bytes` });
  if (sent.end_ts < sent.start_ts) problems.push({ path: '/end_ts', message: 'is before start_ts' });
  if (sent.cost_estimate !== null && Math.abs(sent.cost_estimate * 1e6 - Math.round(sent.cost_estimate * 1e6)) > 1e-3)
    problems.push({ path: '/cost_estimate', message: 'has more than 6 decimals' });
  return problems.length > 0 ? refuse(problems) : { index, event: sent };
}

/** The fields in which a person's words could stand: everything but ids of ours, hashes and times. */
export const freeTextFields = Object.keys(PromptEvent.properties).filter(
  (field) =>
    !['event_id', 'trace_id', 'span_id', 'parent_trace_id', 'saga_id', 'tenant_id', 'prompt_hash', 'start_ts', 'end_ts', 'source'].includes(
      field,
    ),
);
