// A description of Stripe's answers, derived from the type declarations of Stripe's own npm package.
//
// Nothing of Stripe's is kept in the project: the pinned package is read when the tests run. The compiler's type checker does the work
// of aliases, inheritance and unions; what is left here is to turn a type into one of a few plain shapes:
//
//   { kind: 'text' | 'number' | 'truth' | 'null' | 'anything' }   { kind: 'exactly', value }
//   { kind: 'list', of }                                          { kind: 'either', of: [shape, …] }
//   { kind: 'object', name, fields: { name: { shape, required } }, others: shape | null }

import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const packageFolder = path.resolve(import.meta.dirname, 'node_modules/stripe/esm');

/** The API version that the package was made for. */
export const apiVersion = /'(\d{4}-\d\d-\d\d\.\w+)'/.exec(fs.readFileSync(path.join(packageFolder, 'apiVersion.js'), 'utf8'))[1];

/**
 * Derives every operation of the first version of the API, and the shape of an event.
 * Answers `{ operations: Map of 'POST /v1/customers/{}' to shape, event: shape }`; shapes are made when first asked for.
 */
export function derive() {
  const declarations = resourceDeclarations(path.join(packageFolder, 'resources'));
  const program = ts.createProgram(declarations, {
    lib: ['lib.es2022.d.ts'],
    types: [],
    skipLibCheck: true,
    strict: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  });
  const checker = program.getTypeChecker();
  const shapeOf = shapeMaker(checker);
  const operations = new Map();
  for (const file of declarations) {
    const routes = routesOf(fs.readFileSync(file.replace(/\.d\.ts$/, '.js'), 'utf8'));
    for (const [operation, answer] of answersOf(program.getSourceFile(file), routes)) {
      if (!operations.has(operation)) operations.set(operation, lazy(() => answerShape(checker, shapeOf, answer)));
    }
  }
  const events = program.getSourceFile(path.join(packageFolder, 'resources/Events.d.ts'));
  const event = events.statements.find((one) => ts.isTypeAliasDeclaration(one) && one.name.text === 'Event');
  return { operations, event: lazy(() => shapeOf(checker.getTypeFromTypeNode(event.type))) };
}

function lazy(make) {
  let made;
  return () => (made ??= make());
}

function resourceDeclarations(folder) {
  return fs
    .readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.d.ts') && !name.startsWith('V2'))
    .sort()
    .map((name) => path.join(folder, name))
    .filter((file) => fs.existsSync(file.replace(/\.d\.ts$/, '.js')));
}

/** Which requests a method of a resource class makes, read from the code: `Class.method` to a list of `POST /v1/customers/{}`. */
function routesOf(code) {
  const routes = new Map();
  let className = '';
  let method = '';
  for (const line of code.split('\n')) {
    className = /^export class (\w+)/.exec(line)?.[1] ?? className;
    method = /^ {4}(\w+)\(/.exec(line)?.[1] ?? method;
    const request = /_makeRequest\('(\w+)', (['`])(\/v1\/.*?)\2/.exec(line);
    if (!request) continue;
    const made = routes.get(`${className}.${method}`) ?? [];
    routes.set(`${className}.${method}`, [...made, `${request[1]} ${request[3].replace(/\$\{[^}]*\}/g, '{}')}`]);
  }
  return routes;
}

function* answersOf(source, routes) {
  for (const declared of source.statements.filter(ts.isClassDeclaration)) {
    for (const method of declared.members.filter(ts.isMethodDeclaration)) {
      for (const operation of routes.get(`${declared.name.text}.${method.name.getText()}`) ?? []) yield [operation, method.type];
    }
  }
}

/** `Promise<Response<T>>` is a T; `ApiListPromise<T>` is a page of T. */
function answerShape(checker, shapeOf, node) {
  const inner = node.typeArguments[0];
  if (node.typeName.getText() === 'Promise') {
    return shapeOf(checker.getTypeFromTypeNode(inner.typeArguments ? inner.typeArguments[0] : inner));
  }
  const search = node.typeName.getText() === 'ApiSearchResultPromise';
  const fields = {
    object: { required: true, shape: { kind: 'exactly', value: search ? 'search_result' : 'list' } },
    data: { required: true, shape: { kind: 'list', of: shapeOf(checker.getTypeFromTypeNode(inner)) } },
    has_more: { required: true, shape: { kind: 'truth' } },
    url: { required: true, shape: { kind: 'text' } },
  };
  return { kind: 'object', name: 'page', fields, others: null };
}

function shapeMaker(checker) {
  const known = new Map();
  // A shape is remembered before it is filled, because objects refer to each other in circles.
  return function shapeOf(type) {
    if (known.has(type)) return known.get(type);
    const shape = {};
    known.set(type, shape);
    return Object.assign(shape, describe(type, checker, shapeOf));
  };
}

function describe(type, checker, shapeOf) {
  const is = (flags) => (type.flags & flags) !== 0;
  if (is(ts.TypeFlags.StringLiteral | ts.TypeFlags.NumberLiteral)) return { kind: 'exactly', value: type.value };
  if (is(ts.TypeFlags.BooleanLiteral)) return { kind: 'exactly', value: type.intrinsicName === 'true' };
  if (is(ts.TypeFlags.StringLike)) return { kind: 'text' };
  if (is(ts.TypeFlags.NumberLike)) return { kind: 'number' };
  if (is(ts.TypeFlags.BooleanLike)) return { kind: 'truth' };
  if (is(ts.TypeFlags.Null)) return { kind: 'null' };
  if (type.isUnion()) return { kind: 'either', of: type.types.filter(isPresent).map(shapeOf) };
  // An open enumeration is declared as its values and `string & Record<never, never>`.
  if (type.isIntersection() && type.types.some((part) => part.flags & ts.TypeFlags.String)) return { kind: 'text' };
  if (checker.isArrayType(type)) return { kind: 'list', of: shapeOf(checker.getTypeArguments(type)[0]) };
  // Decimals are objects in the library and text on the wire.
  if (/^Decimal(Impl)?$/.test((type.aliasSymbol ?? type.symbol)?.name ?? '')) return { kind: 'text' };
  if (is(ts.TypeFlags.Object | ts.TypeFlags.Intersection)) return describeObject(type, checker, shapeOf);
  return { kind: 'anything' };
}

/** `deleted?: void` and the undefined of an optional field say that nothing is there. */
function isPresent(type) {
  return (type.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)) === 0;
}

function describeObject(type, checker, shapeOf) {
  const fields = {};
  for (const property of checker.getPropertiesOfType(type)) {
    const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    const propertyType = checker.getTypeOfSymbol(property);
    const parts = (propertyType.isUnion() ? propertyType.types : [propertyType]).filter(isPresent);
    if (parts.length === 0) continue;
    const shape = parts.length === 1 ? shapeOf(parts[0]) : { kind: 'either', of: parts.map(shapeOf) };
    fields[property.name] = { required: !optional, shape };
  }
  const index = checker.getIndexInfoOfType(type, ts.IndexKind.String);
  return { kind: 'object', name: type.symbol?.name ?? '', fields, others: index ? shapeOf(index.type) : null };
}
