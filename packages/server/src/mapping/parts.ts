import type { Clock, EmbeddingModel, Io, KeyedHash, NewId, Of, SagaRunner } from '@ancilla/contracts';
import type { Artifacts } from '../artifacts/index.ts';
import type { Curator } from '../curator/index.ts';
import type { EmbeddedProvider, EmbeddingProvider } from '../embedding/providers/index.ts';
import type { Agents, Gates } from '../ingest/index.ts';
import type { Glossaries } from './glossaries.ts';
import type { LanguageModel } from './language-model.ts';
import type { LiveModels } from './live-model.ts';

/** The agent that suggests. */
export const MAPPING_AGENT_ID = 'mapping.agent.v1';

/** What the room is made of. */
export interface MappingParts {
  readonly agents: Agents;
  readonly gates: Gates;
  readonly artifacts: Artifacts;
  readonly curator: Curator;
  readonly glossaries: Glossaries;
  readonly models: LiveModels;
  /** Makes the vectors that are stored. */
  readonly provider: EmbeddingProvider;
  /** Told before a tenant's first vector of a space. */
  readonly noteSpace: (of: Of, meta: EmbeddingModel, trace_id: string, io: Io) => Promise<void>;
  /** Compares names and terms while ranking, in process. */
  readonly similarity: EmbeddedProvider;
  /** Asked for the order of likely terms, where the deployment has one. */
  readonly languageModel: LanguageModel | undefined;
  readonly sagas: SagaRunner;
  readonly storeOf: (tenant_id: string) => Of['tenant'];
  readonly hmac: KeyedHash;
  readonly clock: Clock;
  readonly newId: NewId;
}
