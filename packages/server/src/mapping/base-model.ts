import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseModel, type Model } from '@ancilla/ranker';

const FILE = fileURLToPath(new URL('../../data/mapping-base.json', import.meta.url));

/** The model that ships, until a tenant has trained its own. `ancilla train` makes it; docs/mapping-base-model.md is its card. */
export const readBaseModel = async (): Promise<Model> => parseModel(JSON.parse(await readFile(FILE, 'utf8')));
/** By which every suggestion names it. */
export const BASE_VERSION = 'base-3';
