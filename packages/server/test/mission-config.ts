/** The mission's example of an agent config: it must save unchanged. */
export const missionConfig = {
  agent_id: 'mapping.agent.v1',
  version: '2025-12-01',
  description: 'Mapping agent for column -> semantic matching',
  owner_team: 'data-mesh',
  persona: { role: 'data-mapper', instructions: 'You are an expert data mapper. Use tables and samples to suggest semantic ids.' },
  prompt_template_id: 'pt.mapping.v3',
  tools: [
    { name: 'dif.semantic_match', interface_id: 'dif.match.v1', timeout_ms: 15000, retries: 1 },
    { name: 'arango.upsert_mapping', interface_id: 'arango.mapping.upsert.v1', required: true },
  ],
  pre_hooks: [
    { name: 'redact', policy_ref: 'tenant_default' },
    { name: 'summarize', params: { max_sentences: 3 } },
  ],
  post_hooks: [{ name: 'extract_candidates' }, { name: 'normalize_confidences' }],
  validation: { unit_tests: [{ name: 'return_json_only', spec: 'json_schema id...' }] },
  canary: { enabled: true, percent: 5 },
} as const;
