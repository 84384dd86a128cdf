// Holds a JSON value against a shape of `derive.mjs`: required fields are there, values are of their kind, nothing unknown is there.

/** The objections to a value, each `path: what is wrong`; none when it fits. */
export function objections(value, shape, path = '') {
  switch (shape.kind) {
    case 'anything':
      return [];
    case 'exactly':
      return value === shape.value ? [] : [`${path}: ${show(value)} instead of ${show(shape.value)}`];
    case 'text':
      return typeof value === 'string' ? [] : [`${path}: ${show(value)} instead of text`];
    case 'number':
      return typeof value === 'number' ? [] : [`${path}: ${show(value)} instead of a number`];
    case 'truth':
      return typeof value === 'boolean' ? [] : [`${path}: ${show(value)} instead of true or false`];
    case 'null':
      return value === null ? [] : [`${path}: ${show(value)} instead of null`];
    case 'list':
      if (!Array.isArray(value)) return [`${path}: ${show(value)} instead of a list`];
      return value.flatMap((item, index) => objections(item, shape.of, `${path}[${index}]`));
    case 'either':
      return againstAlternatives(value, shape.of, path);
    case 'object':
      return againstObject(value, shape, path);
    default:
      throw new Error(`an unknown kind of shape: ${shape.kind}`);
  }
}

function againstObject(value, shape, path) {
  if (!isObject(value)) return [`${path}: ${show(value)} instead of an object`];
  const found = [];
  for (const [name, field] of Object.entries(shape.fields)) {
    if (name in value) found.push(...objections(value[name], field.shape, `${path}.${name}`));
    else if (field.required) found.push(`${path}.${name}: missing`);
  }
  for (const name of Object.keys(value)) {
    if (name in shape.fields) continue;
    if (shape.others) found.push(...objections(value[name], shape.others, `${path}.${name}`));
    else found.push(`${path}.${name}: unknown to Stripe's ${shape.name || 'object'}`);
  }
  return found;
}

/** One alternative must fit. Where none does, the objections of the nearest one are the useful ones. */
function againstAlternatives(value, alternatives, path) {
  const candidates = alternatives.filter((shape) => isCandidate(value, shape));
  if (candidates.length === 0) {
    const kinds = alternatives.map((shape) => (shape.kind === 'exactly' ? show(shape.value) : shape.name || shape.kind));
    return [`${path}: ${show(value)} is none of ${kinds.slice(0, 8).join(', ')}`];
  }
  let nearest = null;
  for (const shape of candidates) {
    const found = objections(value, shape, path);
    if (found.length === 0) return found;
    if (nearest === null || found.length < nearest.length) nearest = found;
  }
  return nearest;
}

/** Cheap tests first: an event is one of hundreds of shapes that differ in the exact value of one field. */
function isCandidate(value, shape) {
  if (shape.kind === 'object') {
    if (!isObject(value)) return false;
    return Object.entries(shape.fields).every(
      ([name, field]) => field.shape.kind !== 'exactly' || !(name in value) || value[name] === field.shape.value,
    );
  }
  if (shape.kind === 'list') return Array.isArray(value);
  return objections(value, shape).length === 0;
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value) {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
