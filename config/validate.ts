/** Checks an experiment file against the schema with ajv, and says in words what is wrong at which path. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { TSchema } from 'typebox';
import { shown, type Complaint, type Path } from './complaints.ts';
import { didYouMean } from './did-you-mean.ts';
import { EXPERIMENT } from './schema.ts';

type Schema = Readonly<Record<string, unknown>>;

const compiled = new Map<TSchema, ValidateFunction>();

function validatorOf(schema: TSchema): ValidateFunction {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const validate = new Ajv({ allErrors: true, verbose: true, discriminator: true, coerceTypes: false, removeAdditional: false }).compile(schema);
  compiled.set(schema, validate);
  return validate;
}

/** Every complaint of the schema of experiment files. Empty: `value` is an ExperimentFile. */
export function schemaComplaints(value: unknown): Complaint[] {
  return complaintsAgainst(EXPERIMENT, value);
}

/** Every complaint of a schema about a value. */
export function complaintsAgainst(schema: TSchema, value: unknown): Complaint[] {
  const validate = validatorOf(schema);
  if (validate(value)) return [];
  return withoutBranches(validate.errors ?? []).flatMap((error) => complaint(error, value) ?? []);
}

/** Of each union, keeps the errors of the one branch that was meant, or the single error of the union itself. */
function withoutBranches(errors: readonly ErrorObject[]): ErrorObject[] {
  const unions = errors.filter((error) => error.keyword === 'anyOf');
  return errors.filter((error) => {
    if (error.keyword === 'anyOf') return meantBranch(error) === undefined;
    return unions.every((union) => !error.schemaPath.startsWith(`${union.schemaPath}/`) || isInMeantBranch(error, union));
  });
}

function isInMeantBranch(error: ErrorObject, union: ErrorObject): boolean {
  const meant = meantBranch(union);
  return meant !== undefined && error.schemaPath.startsWith(`${union.schemaPath}/${meant}/`);
}

/** The only branch of a union with the type of what was written; strings are told the whole vocabulary instead. */
function meantBranch(union: ErrorObject): number | undefined {
  const type = typeOf(union.data);
  if (type === 'string') return undefined;
  const matching = (union.schema as Schema[]).flatMap((branch, i) =>
    type === branch['type'] || (type === 'number' && branch['type'] === 'integer') ? [i] : [],
  );
  return matching.length === 1 ? matching[0] : undefined;
}

function typeOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
}

function complaint(error: ErrorObject, root: unknown): Complaint | undefined {
  const path = pathOf(error.instancePath, root);
  const invalid = (message: string, at: Path = path): Complaint => ({ code: 'CONFIG_INVALID', path: at, message });
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'additionalProperties':
      return invalid(unknownKey(String(params['additionalProperty']), error.parentSchema as Schema), [...path, String(params['additionalProperty'])]);
    case 'required':
      return invalid('is missing', [...path, String(params['missingProperty'])]);
    case 'discriminator':
      return discriminatorComplaint(error, path, invalid);
    case 'anyOf':
      return invalid(mustBe(unionChoices(error), words(error.schema as Schema[]), error.data));
    case 'enum':
      return invalid(mustBe(error.schema as string[], error.schema as string[], error.data));
    case 'const':
    case 'type':
      return invalid(mustBe([described(error.parentSchema as Schema)], [], error.data));
    case 'pattern':
      return invalid(mustBe([String((error.parentSchema as Schema)['title'])], [], error.data));
    default:
      return invalid(`${inWords(error)} (got ${shown(error.data)})`);
  }
}

function discriminatorComplaint(error: ErrorObject, path: Path, invalid: (message: string, at: Path) => Complaint): Complaint | undefined {
  const tag = String((error.params as { tag: string }).tag);
  const given = (error.data as Record<string, unknown> | undefined)?.[tag];
  if (given === undefined) return undefined; // `required` says so already
  const names = (error.parentSchema as { oneOf: { properties: Record<string, { const: string }> }[] }).oneOf.map((branch) => branch.properties[tag].const);
  return invalid(mustBe(names, names, given), [...path, tag]);
}

function unknownKey(key: string, schema: Schema): string {
  const known = Object.keys(schema['properties'] as object);
  return `unknown key${didYouMean(key, known) || `; known here: ${known.join(', ')}`}`;
}

function mustBe(choices: readonly string[], vocabulary: readonly string[], given: unknown): string {
  const oneOf = choices.length > 2 ? `one of ${choices.join(', ')}` : choices.join(' or ');
  return `must be ${oneOf} (got ${shown(given)})${typeof given === 'string' ? didYouMean(given, vocabulary) : ''}`;
}

/** A title says in words what is asked for. */
function unionChoices(error: ErrorObject): string[] {
  const title = (error.parentSchema as Schema)['title'];
  return title === undefined ? (error.schema as Schema[]).map(described) : [String(title)];
}

/** The words a union of names allows. */
function words(union: readonly Schema[]): string[] {
  return union.flatMap((branch) => (branch['const'] !== undefined ? [String(branch['const'])] : ((branch['enum'] as string[] | undefined) ?? [])));
}

const TYPES: Record<string, string> = {
  number: 'a number',
  integer: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a section of keys',
};

function described(schema: Schema): string {
  if (schema['title'] !== undefined) return String(schema['title']);
  if (schema['const'] !== undefined) return String(schema['const']);
  if (schema['enum'] !== undefined) return (schema['enum'] as string[]).join(', ');
  const properties = schema['properties'] as object | undefined;
  if (properties !== undefined && Object.keys(properties).length === 1) return `{ ${Object.keys(properties)[0]}: ... }`;
  const type = TYPES[String(schema['type'])] ?? String(schema['type']);
  if (schema['minimum'] !== undefined) return `${type} >= ${String(schema['minimum'])}`;
  return schema['exclusiveMinimum'] === undefined ? type : `${type} > ${String(schema['exclusiveMinimum'])}`;
}

function inWords(error: ErrorObject): string {
  if (error.keyword === 'minItems') return `must list at least ${(error.params as { limit: number }).limit === 1 ? 'one' : 'two'}`;
  if (error.keyword === 'minLength') return 'must not be empty';
  return error.message ?? error.keyword;
}

/** A JSON pointer as a path; digits are indices where the value there is a list. */
function pathOf(pointer: string, root: unknown): Path {
  const path: (string | number)[] = [];
  let value: unknown = root;
  for (const escaped of pointer.split('/').slice(1)) {
    const key = escaped.replace(/~1/g, '/').replace(/~0/g, '~');
    path.push(Array.isArray(value) ? Number(key) : key);
    value = (value as Record<string, unknown> | undefined)?.[key];
  }
  return path;
}
