import { readFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { parse } from 'csv-parse/sync';

/** A table as `POST /mapping/suggest` takes it. */
export interface Table {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly samples: readonly string[] }[];
}

/** Where a public table comes from: a file of an npm package. NOTICE names origin and licence of each. */
interface Source {
  readonly table: string;
  readonly package: string;
  readonly file: string;
  /** A field that holds the records of a record: each becomes a row, with the fields around it. */
  readonly each?: string;
}

/** What each demo tenant maps. */
export const sources = {
  'demo-north': [
    { table: 'airports', package: 'vega-datasets', file: 'data/airports.csv' },
    { table: 'us_state_capitals', package: 'vega-datasets', file: 'data/us-state-capitals.json' },
    { table: 'zip_codes', package: 'vega-datasets', file: 'data/zipcodes.csv' },
    { table: 'world_airports', package: 'airports', file: 'airports.json' },
    { table: 'airlines', package: 'airlines-iata-codes', file: 'res/airlines.json' },
    { table: 'countries', package: 'country-data', file: 'data/countries.csv' },
    { table: 'currencies', package: 'country-data', file: 'data/currencies.csv' },
    { table: 'languages', package: 'country-data', file: 'data/languages.csv' },
    { table: 'country_codes', package: 'country-list', file: 'data.json' },
    { table: 'states_of_the_world', package: 'countries-list', file: 'countries.min.json' },
    { table: 'money', package: 'countries-list', file: 'currencies.min.json' },
    { table: 'tongues', package: 'countries-list', file: 'languages.min.json' },
    { table: 'locales', package: 'country-locale-map', file: 'countries.json' },
    { table: 'regions', package: 'country-region-data', file: 'data.json', each: 'regions' },
  ],
  'demo-south': [
    { table: 'matches', package: 'vega-datasets', file: 'data/football.json' },
    { table: 'flights', package: 'vega-datasets', file: 'data/flights-2k.json' },
    { table: 'routes', package: 'vega-datasets', file: 'data/flights-airport.csv' },
    { table: 'bird_strikes', package: 'vega-datasets', file: 'data/birdstrikes.csv' },
    { table: 'species', package: 'vega-datasets', file: 'data/species.csv' },
    { table: 'penguins', package: 'vega-datasets', file: 'data/penguins.json' },
    { table: 'monarchs', package: 'vega-datasets', file: 'data/monarchs.json' },
    { table: 'life_expectancy', package: 'vega-datasets', file: 'data/gapminder.json' },
    { table: 'disasters', package: 'vega-datasets', file: 'data/disasters.csv' },
    { table: 'airports', package: 'vega-datasets', file: 'data/airports.csv' },
  ],
} as const satisfies Readonly<Record<string, readonly Source[]>>;
export type DemoTenant = keyof typeof sources;

/** The fictional customers: made up for the demo, so that what redaction does can be seen without anyone's data. Nobody decides on them but you. */
export const FICTIONAL = 'fictional_customers';
const fictionalFile = new URL('../data/fictional-customers.csv', import.meta.url);

const SAMPLES = 30;

/** Reads a tenant's public tables out of the installed packages. */
export const readTables = (tenant: DemoTenant): Promise<readonly Table[]> =>
  Promise.all(
    sources[tenant].map(async (source: Source) => {
      const found = findPackageJSON(source.package, import.meta.url);
      if (found === undefined) throw new Error(`the package ${source.package} is not installed: run npm run setup`);
      const text = await readFile(join(dirname(found), source.file), 'utf8');
      return toTable(source.table, toRows(text, source));
    }),
  );
/** Reads the fictional customers. */
export const readFictional = async (): Promise<Table> =>
  toTable(FICTIONAL, toRows(await readFile(fictionalFile, 'utf8'), { file: fictionalFile.pathname }));

type Row = Readonly<Record<string, unknown>>;
const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);

function toRows(text: string, { file, each }: Pick<Source, 'file' | 'each'>): readonly Row[] {
  const parsed: unknown = extname(file) === '.csv' ? parse(text, { columns: true, comment: '#', to: 500 }) : JSON.parse(text);
  const rows: readonly Row[] = Array.isArray(parsed)
    ? parsed.filter(isRow)
    : Object.entries(Object(parsed)).flatMap(([code, record]) => (isRow(record) ? [{ code, ...record }] : []));
  return each === undefined
    ? rows
    : rows.flatMap(({ [each]: inner, ...outer }) => (Array.isArray(inner) ? inner.filter(isRow).map((row) => ({ ...outer, ...row })) : []));
}

/** Every column that some row has, with the first values of it that say something. */
function toTable(name: string, rows: readonly Row[]): Table {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((column) => !column.startsWith('_'));
  const text = (value: unknown): string =>
    typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);
  return {
    name,
    columns: columns.map((column) => ({
      name: column,
      samples: rows
        .values()
        .map((row) => text(row[column]).slice(0, 200))
        .filter((value) => value !== '')
        .take(SAMPLES)
        .toArray(),
    })),
  };
}
