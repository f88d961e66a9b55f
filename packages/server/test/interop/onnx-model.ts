// A sentence-embedding model in the ONNX format, small enough to be written by hand: each word of its vocabulary has a vector, and that is the answer.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Protobuf: a field with a number, or with bytes. */
const varint = (value: number): readonly number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)]);
const number = (field: number, value: number): Uint8Array => Uint8Array.from([...varint(field << 3), ...varint(value)]);
const bytes = (field: number, ...parts: readonly (Uint8Array | string)[]): Uint8Array => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Uint8Array.from([...varint((field << 3) | 2), ...varint(body.length)]), body]);
};

const FLOAT = 1;
const INT64 = 7;
const tensor = (name: string, type: number, ...dims: readonly (string | number)[]): Uint8Array => {
  const shape = dims.map((dim) => bytes(1, typeof dim === 'string' ? bytes(2, dim) : number(1, dim)));
  return Buffer.concat([bytes(1, name), bytes(2, bytes(1, number(1, type), bytes(2, ...shape)))]);
};

/** Field numbers of onnx.proto3 (Apache-2.0), as published. */
function onnxModel(vectors: readonly (readonly number[])[]): Uint8Array {
  const dim = vectors[0]?.length ?? 0;
  const weights = Buffer.from(Float32Array.from(vectors.flat()).buffer);
  const graph = [
    bytes(1, bytes(1, 'words'), bytes(1, 'input_ids'), bytes(2, 'last_hidden_state'), bytes(4, 'Gather')),
    bytes(2, 'words'),
    bytes(5, number(1, vectors.length), number(1, dim), number(2, FLOAT), bytes(8, 'words'), bytes(9, weights)),
    bytes(11, tensor('input_ids', INT64, 'batch', 'sequence')),
    bytes(11, tensor('attention_mask', INT64, 'batch', 'sequence')),
    bytes(12, tensor('last_hidden_state', FLOAT, 'batch', 'sequence', dim)),
  ];
  return Buffer.concat([number(1, 8), bytes(7, ...graph), bytes(8, number(2, 13))]);
}

const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'];

/** Writes the folder of a BERT of `window` tokens that knows `words`, each with its vector. */
export async function writeOnnxModel(folder: string, words: Readonly<Record<string, readonly number[]>>, window: number): Promise<void> {
  const dim = Object.values(words)[0]?.length ?? 0;
  const vocabulary = [...SPECIAL, ...Object.keys(words)];
  const none = Array.from({ length: dim }, () => 0);
  const json = (name: string, value: object) => writeFile(join(folder, name), JSON.stringify(value));
  await mkdir(join(folder, 'onnx'), { recursive: true });
  await writeFile(join(folder, 'onnx', 'model.onnx'), onnxModel([...SPECIAL.map(() => none), ...Object.values(words)]));
  await json('config.json', { model_type: 'bert', architectures: ['BertModel'], hidden_size: dim, vocab_size: vocabulary.length });
  await json('tokenizer_config.json', {
    tokenizer_class: 'BertTokenizer',
    do_lower_case: true,
    model_max_length: window,
    pad_token: '[PAD]',
    unk_token: '[UNK]',
    cls_token: '[CLS]',
    sep_token: '[SEP]',
  });
  await json('tokenizer.json', {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL.map((content, id) => ({
      id,
      content,
      special: true,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
    })),
    normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [
        { SpecialToken: { id: '[CLS]', type_id: 0 } },
        { Sequence: { id: 'A', type_id: 0 } },
        { SpecialToken: { id: '[SEP]', type_id: 0 } },
      ],
      pair: [],
      special_tokens: {
        '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
        '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
      },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.map((word, id) => [word, id])),
    },
  });
}
