// The conformance run: Stripe's own clients drive the sandbox, and every answer and every webhook is held against Stripe's own types.
// A paydesk stands beside the sandbox, as its webhook endpoint: every event must have come to a good end there.
//
//   node run.mjs <port of a running sandbox> <python with the pinned library> <scratch folder>
//
// The sandbox is that of a `paydesk dev`, whose admin token is in PAYDESK_ADMIN_TOKEN.
// Prints what is wrong, a table of operations by driver, and ends with a line of counts. The exit code is 0 when nothing failed.

import fs from 'node:fs';
import path from 'node:path';

import { apiVersion, derive } from './derive.mjs';
import { commandLine, commandLineDriver, connect, fill, formPairs, key, nodeDriver, pythonDriver } from './drivers.mjs';
import { listen } from './endpoint.mjs';
import { meet } from './paydesk.mjs';
import { checkProtocol } from './protocol.mjs';
import { record } from './recorder.mjs';
import { scenario } from './scenario.mjs';
import { connectTriggers, fixtures, subscribing, triggers } from './triggers.mjs';
import { objections } from './validate.mjs';

const [sandboxPort, python, scratch] = process.argv.slice(2);
const description = derive();
const checks = [];
const coverage = new Map();

/** A check passes when it has no problems. */
function report(name, problems) {
  checks.push({ name, problems });
  if (problems.length > 0) console.log(`FAILED ${name}\n${problems.map((one) => `    ${one}`).join('\n')}`);
}

// ---- answers

const errorShape = {
  kind: 'object',
  name: 'error',
  others: { kind: 'anything' },
  fields: {
    type: { required: true, shape: { kind: 'either', of: ['api_error', 'card_error', 'idempotency_error', 'invalid_request_error'].map((value) => ({ kind: 'exactly', value })) } },
    message: { required: true, shape: { kind: 'text' } },
    code: { required: false, shape: { kind: 'text' } },
    param: { required: false, shape: { kind: 'text' } },
    decline_code: { required: false, shape: { kind: 'text' } },
  },
};
const refusalShape = { kind: 'object', name: 'refusal', fields: { error: { required: true, shape: errorShape } }, others: null };

/** The documented operation of a request: fixed words of a path are preferred over the place of an id. */
const templates = [...description.operations.keys()].sort((a, b) => a.split('{}').length - b.split('{}').length);
function operationOf({ method, path: requested }) {
  return templates.find((template) => fits(template, `${method} ${requested}`));
}

function fits(template, request) {
  return new RegExp(`^${template.replace(/[.]/g, '\\.').replaceAll('{}', '[^/]+')}$`).test(request);
}

/** What is wrong with an answer as it went over the wire. */
function judge(exchange) {
  const operation = operationOf(exchange);
  let body;
  try {
    body = JSON.parse(exchange.body);
  } catch {
    return [`${exchange.method} ${exchange.path}: the answer (${exchange.status}) is no JSON: ${exchange.body.slice(0, 80)}`];
  }
  const problems = [];
  if (!exchange.headers['request-id']) problems.push('no Request-Id header');
  if (exchange.status >= 400) problems.push(...objections(body, refusalShape, 'refusal'));
  else if (operation) problems.push(...objections(body, description.operations.get(operation)(), body.object ?? 'answer'));
  return problems.map((problem) => `${operation ?? exchange.path}: ${problem}`);
}

// ---- the scenario

function lookUp(value, dotted) {
  return dotted.split('.').reduce((found, name) => found?.[name], value);
}

function resolved(value, kept) {
  if (typeof value === 'string' && value.startsWith('$')) return lookUp(kept, value.slice(1));
  if (Array.isArray(value)) return value.map((item) => resolved(item, kept));
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, resolved(item, kept)]));
  return value;
}

/** The hosted page has no client of Stripe's; its form is sent as a browser would. */
async function asBuyer(port, { operation, ids, params }) {
  const [method, template] = operation.split(' ');
  const body = new URLSearchParams([...formPairs(params)]);
  const answer = await fetch(`http://127.0.0.1:${port}${fill(template, ids)}`, { method, body, headers: { authorization: `Bearer ${key}` } });
  return answer.ok ? { answer: await answer.json() } : { refusal: { status: answer.status, ...(await answer.json()).error } };
}

/** Opens a page and sends what its form asks for. */
async function asVisitor({ page, params }) {
  const shown = await fetch(page);
  if (!shown.ok) return { refusal: { status: shown.status } };
  const sent = await fetch(page, { method: 'POST', body: new URLSearchParams(params), redirect: 'manual' });
  return { answer: { status: sent.status, location: sent.headers.get('location') } };
}

/** How a step is done: by a library or the command line, or where those have no call for it by a person. */
function perform(driver, recorder, call) {
  if (call.method) return driver.call(call);
  return call.page ? asVisitor(call) : asBuyer(recorder.port, call);
}

function judgeOutcome(step, outcome, status, kept) {
  if (step.refused) {
    if (!outcome.refusal) return ['it was accepted'];
    const refusal = { ...outcome.refusal, status };
    return Object.entries(step.refused).flatMap(([name, value]) => (refusal[name] === value ? [] : [`refused with ${name} ${refusal[name]} instead of ${value}`]));
  }
  if (!outcome.answer) return [`it was refused: ${JSON.stringify(outcome.refusal)}`];
  return Object.entries(step.expect).flatMap(([field, value]) => {
    const wanted = resolved(value, kept);
    const found = lookUp(outcome.answer, field);
    return String(found) === String(wanted) ? [] : [`${field} is ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`];
  });
}

async function play(driver, recorder) {
  const kept = {};
  for (const step of scenario) {
    const before = recorder.exchanges.length;
    const call = { ...step, ...resolved({ ids: step.ids, params: step.params, account: step.account, page: step.page }, kept) };
    let problems = [];
    try {
      const outcome = await perform(driver, recorder, call);
      if (step.keep) kept[step.keep] = outcome.answer;
      problems = judgeOutcome(step, outcome, recorder.exchanges.at(-1)?.status, kept);
    } catch (error) {
      problems = [`the driver gave up: ${error.message}`];
    }
    const exchanges = recorder.exchanges.slice(before);
    if (step.method && !exchanges.some((one) => operationOf(one) === step.operation)) problems.push('the request never reached the sandbox');
    problems.push(...exchanges.flatMap(judge));
    cover(step.operation, driver.name, problems.length === 0);
    report(`${driver.name}: ${step.operation}${step.refused ? ' (refused)' : ''}`, problems);
  }
}

function cover(operation, driver, passed) {
  const row = coverage.get(operation) ?? {};
  row[driver] = (row[driver] ?? true) && passed;
  coverage.set(operation, row);
}

// ---- webhooks

/** Answers the event, where it came. */
async function trigger(stripe, endpoint, recorder, [name, ...words]) {
  const since = endpoint.events.length;
  const before = recorder.exchanges.length;
  const problems = [];
  let event;
  const { code, output, complaint } = await stripe(['trigger', name, ...words]);
  const exchanges = recorder.exchanges.slice(before);
  if (code !== 0) {
    const refused = exchanges.filter((one) => one.status >= 400).map((one) => `${one.method} ${one.path} answered ${one.status}: ${one.body.replace(/\s+/g, ' ').slice(0, 200)}`);
    problems.push(...(refused.length > 0 ? refused : [`the command ended with ${code}: ${complaint || output}`]));
  } else {
    event = await endpoint.next(name, since).catch((error) => void problems.push(error.message));
  }
  problems.push(...exchanges.flatMap(judge));
  report(`stripe trigger ${name}`, problems);
  return event;
}

async function runFixtures(stripe, recorder) {
  const file = path.join(scratch, 'fixtures.json');
  fs.writeFileSync(file, JSON.stringify(fixtures));
  const before = recorder.exchanges.length;
  const { code, output, complaint } = await stripe(['fixtures', file]);
  const problems = code === 0 ? [] : [`the command ended with ${code}: ${complaint || output}`];
  report('stripe fixtures', [...problems, ...recorder.exchanges.slice(before).flatMap(judge)]);
}

/** What was there before a change is told in part only, and as null where nothing was: neither is in Stripe's types. */
function objectionsToEvent(event) {
  const { previous_attributes: previous, ...data } = event.data;
  if (previous) data.previous_attributes = withoutNulls(previous);
  const found = objections({ ...event, data }, description.event(), 'event');
  return found.filter((one) => !/^event\.data\.previous_attributes\..*: missing$/.test(one));
}

function withoutNulls(value) {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([name, item]) => (item === null ? [] : [[name, withoutNulls(item)]])));
}

/** Each type of event once: the first that is wrong, or that it is right. */
function judgeEvents(events) {
  const byType = new Map();
  for (const event of events) byType.set(event.type, [...(byType.get(event.type) ?? []), event]);
  for (const [type, sameType] of [...byType].sort()) {
    const wrong = sameType.map(objectionsToEvent).find((found) => found.length > 0);
    const version = sameType.every((event) => event.api_version === apiVersion) ? [] : ['it is not of the pinned version'];
    report(`event ${type} (${sameType.length})`, [...(wrong ?? []), ...version]);
  }
}

/** What the events came to at paydesk: all to a good end, those about subscriptions to something. */
async function judgePaydesk(paydesk, events, triggered) {
  report('every event came to a good end at paydesk', await paydesk.objectionsToAny(events));
  for (const event of triggered.filter((one) => one?.type.startsWith('customer.subscription.'))) {
    report(`paydesk handled ${event.type}`, await paydesk.objections(event));
  }
  for (const { words, wanted } of subscribing) report(`what ${wanted.user} has by ${words[0]}`, await paydesk.objectionsToUser(wanted));
}

/** Asks the sandbox for everything that Stripe documents: what it knows must have been driven. */
async function lookForUndriven() {
  const undriven = [];
  for (const operation of description.operations.keys()) {
    const [method, path] = operation.replaceAll('{}', 'unknown').split(' ');
    if ([...coverage.keys()].some((driven) => fits(driven, `${method} ${path}`))) continue;
    const answer = await fetch(`http://127.0.0.1:${sandboxPort}${path}`, { method, headers: { authorization: `Bearer ${key}` } });
    const body = await answer.text();
    if (!body.includes('Unrecognized request URL')) undriven.push(`${operation} is served (${answer.status}), but the scenario does not drive it`);
  }
  report('everything that is served was driven', undriven);
}

function printCoverage(names) {
  console.log(`\n${'operation'.padEnd(52)}${names.map((name) => name.padEnd(8)).join('')}`);
  for (const [operation, row] of [...coverage].sort()) {
    const cells = names.map((name) => (name in row ? (row[name] ? 'ok' : 'FAILED') : '-').padEnd(8));
    console.log(`${operation.padEnd(52)}${cells.join('')}`);
  }
}

// ---- the run

async function main() {
  fs.mkdirSync(scratch, { recursive: true });
  console.log(`Stripe's types of ${apiVersion}: ${description.operations.size} operations`);
  const endpoint = await listen();
  const stripe = connect(sandboxPort);
  const paydesk = await meet(stripe, process.env.PAYDESK_ADMIN_TOKEN);
  const registered = await stripe.webhookEndpoints.create({ url: endpoint.url, enabled_events: ['*'], api_version: apiVersion });
  endpoint.verifyWith((body, signature) => stripe.webhooks.constructEvent(body, signature, registered.secret));
  const connected = await listen();
  const forAccounts = await stripe.webhookEndpoints.create({ url: connected.url, enabled_events: ['*'], api_version: apiVersion, connect: true });
  connected.verifyWith((body, signature) => stripe.webhooks.constructEvent(body, signature, forAccounts.secret));

  const recorders = {};
  for (const name of ['node', 'python', 'cli']) recorders[name] = await record(name, sandboxPort);
  const inPython = pythonDriver(recorders.python.port, python);
  await play(nodeDriver(recorders.node.port), recorders.node);
  await play(inPython, recorders.python);
  await play(commandLineDriver(recorders.cli.port, scratch), recorders.cli);
  await checkProtocol((options) => connect(recorders.node.port, options), report);

  const command = commandLine(recorders.cli.port, scratch);
  await runFixtures(command, recorders.cli);
  const triggered = [];
  for (const one of [...triggers, ...subscribing.map(({ words }) => words)]) triggered.push(await trigger(command, endpoint, recorders.cli, one));
  for (const one of connectTriggers) await trigger(command, connected, recorders.cli, one);

  judgeEvents([...endpoint.events, ...connected.events]);
  report('every delivery is signed', [...endpoint.refused, ...connected.refused]);
  report('what happens on connected accounts is told apart', [
    ...endpoint.events.filter((event) => event.account).map((event) => `${event.type} of ${event.account} was told to the endpoint of the account itself`),
    ...connected.events.filter((event) => !event.account).map((event) => `${event.type} names no account`),
  ]);
  await judgePaydesk(paydesk, endpoint.events, triggered);
  const { refusal } = await inPython.verify({ ...endpoint.deliveries.at(-1), secret: registered.secret });
  report("Stripe's Python library accepts the signature too", refusal ? [refusal.code] : []);
  inPython.close();
  await lookForUndriven();
  printCoverage(Object.keys(recorders));
  for (const one of [endpoint, connected, ...Object.values(recorders)]) one.close();

  const failed = checks.filter((check) => check.problems.length > 0).length;
  console.log(`\n${checks.length - failed} passed, ${failed} failed`);
  process.exit(failed > 0 || checks.length === 0 ? 1 : 0);
}

await main();
