import { Compile } from 'typebox/compile';
import { Term } from '../mapping/glossaries.ts';
import { UsageError } from './io.ts';

const term = Compile(Term);

/** @throws {UsageError} naming the entry, the field and what it should be */
export const checkTerms = (entries: readonly unknown[], path: string): readonly Term[] =>
  entries.map((entry, at) => {
    if (term.Check(entry)) return entry;
    const [error] = term.Errors(entry);
    throw new UsageError(
      `${path}: entry ${at + 1}${error === undefined ? '' : `, ${error.instancePath || 'itself'} ${error.message}`}; a term is ${TERM_SHAPE}`,
    );
  });
const TERM_SHAPE =
  '{"semantic_id": text, "name"?: text, "description"?: text, "dtype"?: text, "enum_values"?: [text], "sample_values"?: [text]}';
