// Runs in browsers too. What a detector is: declared data around one bounded recogniser.
import type { EntityType } from './entity-types.ts';
import type { Keywords } from './keywords.ts';
import type { Scan } from './scan.ts';

/**
 * How sure a rule is; where two finds overlap the surer one names the type.
 * What was redacted before stays as it is; a check digit beats a vendor's prefix, that beats a word nearby, that beats a shape alone.
 */
export const confidence = { kept: 110, certain: 100, validated: 90, vendor: 80, labelled: 70, context: 60, shape: 40, guess: 20 } as const;
export type Confidence = (typeof confidence)[keyof typeof confidence];

/** What a detector found, in the view's offsets. It never holds the value. */
export interface Found {
  readonly start: number;
  readonly end: number;
  readonly type: string;
  readonly rule: string;
  readonly confidence: Confidence;
  readonly validator?: string | undefined;
  /** The word nearby that decided. */
  readonly context?: string | undefined;
  /** The value's one spelling, where it has several: what tokens are made from. */
  readonly canonical?: string | undefined;
}

/**
 * What makes a detector look: a run of digits; a word of letters, or only one that begins with a capital; a run of both; a character.
 * The engine passes over a text once and calls each detector at its anchors only, so each must look at a bounded window.
 */
export type Anchor = 'number' | 'word' | 'capital' | 'mixed' | '@' | ':' | '=' | '-';

export interface Example {
  readonly text: string;
  /** What must be found; undefined: nothing may be. */
  readonly finds?: string;
}

export interface Detector {
  /** Named in explanations. */
  readonly rule: string;
  /** What it finds; nothing is said of one that finds several types. */
  readonly type?: EntityType;
  readonly anchors: readonly Anchor[];
  /** How long such a run must at least and may at most be; any length where nothing is said. */
  readonly lengths?: Readonly<Partial<Record<Anchor, readonly [least: number, most: number]>>>;
  /**
   * The first two or three characters of the words it looks at, and the last ones, without case, with what stands next to a shorter word; any where
   * nothing is said. Numbers are not asked for theirs.
   */
  readonly heads?: readonly string[];
  readonly tails?: readonly string[];
  /** ASCII characters one of which stands behind the run, or it is not looked at; any where nothing is said. */
  readonly next?: string;
  /** Words that make a weak shape an entity, in any of their languages, lower case. */
  readonly keywords?: Keywords;
  readonly validator?: string;
  /** Where the rule is published. */
  readonly source: string;
  readonly examples: readonly Example[];
  /** Looks around the anchor at `start` (of the run `start`..`end`) and reports to the scan. */
  readonly look: (scan: Scan, start: number, end: number) => void;
  /** Called once the text was read: for what only the whole tells. */
  readonly finish?: (scan: Scan) => void;
}
