// Runs in browsers too. What a schema has against a value, in its sender's words.
import type { Validator } from 'typebox/compile';
import type { FieldError } from './errors.ts';

type SchemaError = ReturnType<Validator['Errors']>[number];

const MOST_ERRORS = 20;

/** Which fields do not fit, and what belongs there; never what was there. Empty only when there is no error. */
export function toFieldErrors(errors: readonly SchemaError[]): readonly FieldError[] {
  const said = errors.filter((error) => !isOtherType(error, errors)).flatMap(inWords);
  const all = said.length > 0 ? said : errors.map(({ instancePath: path, message }) => ({ path, message }));
  return all.map(({ path, message }) => ({ path: withoutContent(path), message })).slice(0, MOST_ERRORS);
}

const ALTERNATIVE = /^(.*\/anyOf\/)\d+$/;

/** Whether an alternative is of another type than the value, while one whose type fits says what is wrong. */
function isOtherType(error: SchemaError, all: readonly SchemaError[]): boolean {
  const union = (of: SchemaError): string | undefined => (of.keyword === 'type' ? ALTERNATIVE.exec(of.schemaPath)?.[1] : undefined);
  const own = union(error);
  const isWithin = (path: string): boolean => path === error.instancePath || path.startsWith(`${error.instancePath}/`);
  return own !== undefined && all.some((other) => other.schemaPath.startsWith(own) && isWithin(other.instancePath) && union(other) !== own);
}

/** Steps of a path are names of fields and positions. A key that is no such name may be content: where it stands is told, not what it says. */
const withoutContent = (path: string): string =>
  path
    .split('/')
    .map((step) => (/^[\w.-]{0,64}$/.test(step) ? step : '…'))
    .join('/');

function inWords(error: SchemaError): readonly FieldError[] {
  const { instancePath: path, message } = error;
  switch (error.keyword) {
    case 'required':
      return error.params.requiredProperties.map((name) => ({ path: `${path}/${name}`, message: 'is missing' }));
    case 'enum':
      return [{ path, message: `must be one of ${error.params.allowedValues.join(', ')}` }];
    case 'const':
      return [{ path, message: `must be ${JSON.stringify(error.params.allowedValue)}` }];
    case 'boolean':
      return [{ path, message: 'is no field here' }];
    // Others say more precisely what this one sums up: each field too many, each alternative that does not fit.
    case 'additionalProperties':
    case 'anyOf':
      return [];
    default:
      return [{ path, message }];
  }
}
