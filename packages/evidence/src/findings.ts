// Runs in browsers too.
import { EvidenceError } from './errors.ts';

/** What a verifier found wrong. `code` is stable; `message` names the place and both values, for people. */
export interface Problem {
  readonly code: string;
  readonly message: string;
}

// A log with every entry altered must not need more memory than one with a single one.
const MAX_LISTED = 100;

/** Collects problems; after the first hundred they are only counted. */
export class Findings {
  readonly problems: Problem[] = [];
  omitted = 0;

  add(code: string, message: string): void {
    if (this.problems.length < MAX_LISTED) this.problems.push({ code, message });
    else this.omitted += 1;
  }

  /** What `read` gives, or `undefined` when it refuses the evidence, which then is a problem of `where`. */
  attempt<T>(where: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error;
      this.add(error.code, `${where}: ${error.message}`);
      return undefined;
    }
  }

  get none(): boolean {
    return this.problems.length === 0;
  }
}
