import type { EmbeddingModel, Io } from '@ancilla/contracts';
import { canonicalJson, sha256Hex } from '@ancilla/evidence';

/** A text's vector. `confidence`: the share of the text that the model saw, in its vocabulary and its window. */
export interface EmbeddedText {
  readonly vector: Float32Array;
  readonly confidence: number;
}

/** Texts' vectors in their order, and all that shaped them. */
export interface EmbeddedTexts {
  readonly meta: EmbeddingModel;
  readonly texts: readonly EmbeddedText[];
}

/** Something that turns texts into vectors of one space, the same for as long as the process runs. */
export interface EmbeddingProvider {
  /** Its model's name. What else shapes a vector comes with the vectors: a server tells it only when it is asked. */
  readonly model: string;
  /** An origin, or a local name such as `embedded:glove`. */
  readonly endpoint: string;
  /** @param owner - whose texts these are: what is kept for one answers no other; @throws {AncillaError} `embedding.provider` */
  embed(texts: readonly string[], io: Io, owner: string): Promise<EmbeddedTexts>;
}

/** Vectors may be compared when everything that shapes them is the same: that is what a space is. */
export const spaceId = (meta: EmbeddingModel): string => sha256Hex(canonicalJson(meta));
