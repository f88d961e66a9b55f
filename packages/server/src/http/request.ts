import { AncillaError, inOneSentence, toFieldErrors } from '@ancilla/contracts';
import type { TSchema } from 'typebox';
import { validatorOf } from '../validators.ts';

/** Says of wrong content where and what is expected, never what was there. */
export type Check = (value: unknown, where: string) => void;

export function checkOf(schema: TSchema): Check {
  return (value, where) => {
    const validator = validatorOf(schema);
    if (validator.Check(value)) return;
    const errors = toFieldErrors(validator.Errors(value));
    throw new AncillaError('schema.invalid', `${where}: ${inOneSentence(errors)}`, { errors });
  };
}

const typeOf = (schema: unknown): unknown => (typeof schema === 'object' && schema !== null && 'type' in schema ? schema.type : undefined);

/** Query parameters as their schema's types: a query string has only texts. What does not convert stays and fails its schema. */
export function queryCoercion(schema: TSchema): (query: Readonly<Record<string, unknown>>) => Record<string, unknown> {
  const types = new Map<string, unknown>(
    'properties' in schema && typeof schema.properties === 'object' && schema.properties !== null
      ? Object.entries(schema.properties).map(([name, property]) => [name, typeOf(property)])
      : [],
  );
  const coerced = (name: string, value: unknown): unknown => {
    if (typeof value !== 'string') return value;
    switch (types.get(name)) {
      case 'integer':
      case 'number':
        return /^-?\d{1,15}(?:\.\d{1,15})?$/.test(value) ? Number(value) : value;
      case 'boolean':
        return value === 'true' ? true : value === 'false' ? false : value;
      default:
        return value;
    }
  };
  return (query) => Object.fromEntries(Object.entries(query).map(([name, value]) => [name, coerced(name, value)]));
}
