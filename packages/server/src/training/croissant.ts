import type { Field } from './dataset-file.ts';

const TYPES = { string: 'sc:Text', boolean: 'sc:Boolean', double: 'cr:Float64', json: 'sc:Text' } as const;

/**
 * Describes a dataset for people and tools that read Croissant.
 * @see https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html; `https://schema.org/` and the exact `cr` address are what validators accept
 */
export function toCroissant(of: {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly date: string;
  readonly creator: string;
  readonly file: { readonly artifact_id: string; readonly size: number; readonly sha256: string };
  readonly fields: readonly Field[];
}): object {
  const { name, version, description, date, creator, file, fields } = of;
  const column = (field: string) => ({ source: { fileObject: { '@id': file.artifact_id }, extract: { column: field } } });
  return {
    '@context': {
      '@language': 'en',
      '@vocab': 'https://schema.org/',
      sc: 'https://schema.org/',
      cr: 'http://mlcommons.org/croissant/',
      rai: 'http://mlcommons.org/croissant/RAI/',
      dct: 'http://purl.org/dc/terms/',
      prov: 'http://www.w3.org/ns/prov#',
      annotation: 'cr:annotation',
      column: 'cr:column',
      conformsTo: 'dct:conformsTo',
      dataType: { '@id': 'cr:dataType', '@type': '@vocab' },
      equivalentProperty: 'cr:equivalentProperty',
      extract: 'cr:extract',
      field: 'cr:field',
      fileObject: 'cr:fileObject',
      key: 'cr:key',
      recordSet: 'cr:recordSet',
      source: 'cr:source',
    },
    '@type': 'sc:Dataset',
    '@id': `urn:ancilla:dataset:${name}:${version}`,
    conformsTo: 'http://mlcommons.org/croissant/1.1',
    name,
    version,
    description,
    license: 'urn:ancilla:licence:tenant-internal',
    url: `urn:ancilla:dataset:${name}:${version}`,
    creator: { '@type': 'Organization', name: creator },
    datePublished: date.slice(0, 10),
    'rai:personalSensitiveInformation': 'Similarities, ids and pseudonyms only; sample values are left out',
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
        key: [{ '@id': 'examples/example_id' }, { '@id': 'examples/candidate' }],
        field: fields.map(({ name: field, dtype }) => ({
          '@type': 'cr:Field',
          '@id': `examples/${field}`,
          name: field,
          dataType: TYPES[dtype],
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
