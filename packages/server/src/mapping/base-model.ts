import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseModel, type Model } from '@ancilla/ranker';

const FILE = fileURLToPath(new URL('../../data/mapping-base.json', import.meta.url));

/** The model that ships, until a tenant has trained its own. `ancilla train` makes it; docs/mapping-base-model.md is its card. */
export const readBaseModel = async (): Promise<Model> => parseModel(JSON.parse(await readFile(FILE, 'utf8')));
/** By which every suggestion names it. */
export const BASE_VERSION = 'base-6';
/** What people should know of it, in short. */
export const BASE_CARD = {
  intended_use: 'Ranking glossary terms for table columns until a tenant has trained a model of its own; similarities in, scores out',
  trained_on: 'six public cases: 2,493 columns of 186 tables, and pairs that their glossaries give',
  compared_on: 'each case by weights that did not see it (bench/README.md)',
  personal_data: 'none: no word, value or name of a table is in it',
} as const;
