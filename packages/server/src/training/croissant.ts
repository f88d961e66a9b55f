import type { Field } from './fields.ts';

const cr = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, `cr:${name}`]));
/** The standard's own context. `https://schema.org/` and exactly this address of `cr` are what validators accept. */
const context = {
  '@language': 'en',
  '@vocab': 'https://schema.org/',
  sc: 'https://schema.org/',
  cr: 'http://mlcommons.org/croissant/',
  rai: 'http://mlcommons.org/croissant/RAI/',
  dct: 'http://purl.org/dc/terms/',
  prov: 'http://www.w3.org/ns/prov#',
  conformsTo: 'dct:conformsTo',
  data: { '@id': 'cr:data', '@type': '@json' },
  dataType: { '@id': 'cr:dataType', '@type': '@vocab' },
  description: { '@container': '@language' },
  examples: { '@id': 'cr:examples', '@type': '@json' },
  name: { '@container': '@language' },
  ...cr(
    'annotation',
    'arrayShape',
    'citeAs',
    'column',
    'containedIn',
    'equivalentProperty',
    'extract',
    'field',
    'fileObject',
    'fileProperty',
  ),
  ...cr('fileSet', 'format', 'includes', 'isArray', 'isLiveDataset', 'jsonPath', 'key', 'md5', 'parentField', 'path', 'recordSet'),
  ...cr('references', 'regex', 'repeated', 'replace', 'samplingRate', 'separator', 'source', 'subField', 'transform'),
} as const;

const TYPES = { string: 'sc:Text', strings: 'sc:Text', boolean: 'sc:Boolean', double: 'cr:Float64' } as const;

/**
 * Describes a dataset for people and tools that read Croissant.
 * @see https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html
 */
export function toCroissant(of: {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly date: string;
  readonly creator: string;
  readonly file: { readonly artifact_id: string; readonly size: number; readonly sha256: string };
  readonly fields: readonly Field[];
  /** Fields that together name a row. */
  readonly key: readonly string[];
  /** What is said of personal information. */
  readonly sensitive: string;
}): object {
  const { name, version, description, date, creator, file, fields, key, sensitive } = of;
  const column = (field: string) => ({ source: { fileObject: { '@id': file.artifact_id }, extract: { column: field } } });
  return {
    '@context': context,
    '@type': 'sc:Dataset',
    '@id': `urn:ancilla:dataset:${name}:${version}`,
    conformsTo: 'http://mlcommons.org/croissant/1.1',
    name,
    // A number of the feed; readers expect three.
    version: `${version}.0.0`,
    description,
    license: 'urn:ancilla:licence:tenant-internal',
    url: `urn:ancilla:dataset:${name}:${version}`,
    creator: { '@type': 'Organization', name: creator },
    datePublished: date.slice(0, 10),
    citeAs: `${creator}: ${name}, version ${version} (${date.slice(0, 10)})`,
    'rai:personalSensitiveInformation': sensitive,
    distribution: [
      {
        '@type': 'cr:FileObject',
        '@id': file.artifact_id,
        name: `${name}.parquet`,
        contentUrl: `/dif/artifacts/${file.artifact_id}/content`,
        contentSize: `${file.size} B`,
        encodingFormat: 'application/x-parquet',
        sha256: file.sha256,
      },
    ],
    recordSet: [
      {
        '@type': 'cr:RecordSet',
        '@id': 'examples',
        name: 'examples',
        key: key.map((field) => ({ '@id': `examples/${field}` })),
        field: fields.map(({ name: field, dtype }) => ({
          '@type': 'cr:Field',
          '@id': `examples/${field}`,
          name: field,
          dataType: TYPES[dtype],
          ...(dtype === 'strings' && { isArray: true, arrayShape: '-1' }),
          ...column(field),
          ...(field === 'label' && {
            annotation: {
              '@type': 'cr:Field',
              '@id': 'examples/label/decision',
              dataType: 'prov:Entity',
              equivalentProperty: 'prov:wasDerivedFrom',
              ...column('mapping_history_id'),
            },
          }),
        })),
      },
    ],
  };
}
