import { join } from 'node:path';
import { readGlossary, readTableFile, readTruth, tableNames } from '../packages/server/src/cli/case-folder.ts';
import type { EmbeddedProvider } from '../packages/server/src/embedding/providers/index.ts';
import type { Answer } from '../packages/server/src/mapping/learn.ts';
import { compareTable, type ComparedTable } from '../packages/server/src/mapping/rank-table.ts';

/** Tables whose meaning is known, held against their glossary. */
export interface LabelledCase {
  readonly tables: readonly ComparedTable[];
  readonly answers: readonly Answer[];
}

/** @param folder - `source/*.csv`, `glossary.json`, `truth.csv` */
export async function readCase(folder: string, similarity: EmbeddedProvider): Promise<LabelledCase> {
  const source = join(folder, 'source');
  const [terms, answers, files] = await Promise.all([
    readGlossary(join(folder, 'glossary.json')),
    readTruth(join(folder, 'truth.csv')),
    tableNames(source),
  ]);
  const tables = await Promise.all(files.map((file) => readTableFile(source, file, () => {})));
  return { tables: tables.map((table) => compareTable({ table, terms, similarity, keyed: (text) => text })), answers };
}

const SHUFFLED = 3;
/** Answers of which three in ten have become those of other columns, always wrong ones; other ones in each draw, the same ones in every run. */
export function shuffled(answers: readonly Answer[], draw: number): readonly Answer[] {
  const moved = answers.filter((_, at) => ((at + draw) * 7) % 10 < SHUFFLED);
  const half = Math.floor(moved.length / 2);
  return answers.map((answer) => {
    const place = moved.indexOf(answer);
    if (place < 0) return answer;
    // Far enough away to be of another table.
    const others = [...moved.slice(place + half), ...moved].map(({ semantic_id }) => semantic_id);
    return { ...answer, semantic_id: others.find((other) => other !== answer.semantic_id) ?? answer.semantic_id };
  });
}
