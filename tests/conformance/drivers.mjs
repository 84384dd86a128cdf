// The three clients of Stripe's own that drive the sandbox: the node library, the Python library, the command line.
//
// A driver is `{ name, call(step) }`; a call answers `{ answer }` or `{ refusal: { status, type, code } }`.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import Stripe from 'stripe';

import { apiVersion } from './derive.mjs';

export const key = 'sk_test_conformance';

/** Where Python's spelling and node's differ by more than the case of letters. */
const nodeSpelling = {
  'checkout.sessions.line_items.list': 'checkout.sessions.listLineItems',
  'customers.payment_methods.list': 'customers.listPaymentMethods',
  'customers.payment_methods.retrieve': 'customers.retrievePaymentMethod',
  'invoices.line_items.list': 'invoices.listLineItems',
  'transfers.reversals.create': 'transfers.createReversal',
  'transfers.reversals.list': 'transfers.listReversals',
  'transfers.reversals.retrieve': 'transfers.retrieveReversal',
  'transfers.reversals.update': 'transfers.updateReversal',
};

/** Stripe's node library, pointed at a port of ours. */
export function connect(port, { key: secret = key, ...options } = {}) {
  return new Stripe(secret, { host: '127.0.0.1', port, protocol: 'http', maxNetworkRetries: 0, telemetry: false, ...options });
}

export function nodeDriver(port) {
  const stripe = connect(port);
  async function call({ method, ids, params, account }) {
    const spelling = nodeSpelling[method] ?? method.replace(/_(\w)/g, (_, letter) => letter.toUpperCase()).replace(/\.delete$/, '.del');
    const names = spelling.split('.');
    const resource = names.slice(0, -1).reduce((found, name) => found[name], stripe);
    try {
      return { answer: await resource[names.at(-1)](...ids, params, ...(account ? [{ stripeAccount: account }] : [])) };
    } catch (error) {
      if (!error.statusCode) throw error;
      return { refusal: { status: error.statusCode, type: error.rawType, code: error.code } };
    }
  }
  return { name: 'node', call };
}

export function pythonDriver(port, python) {
  const child = spawn(python, [path.join(import.meta.dirname, 'drive.py'), String(port)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  async function ask(task) {
    child.stdin.write(`${JSON.stringify(task)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error('the Python driver ended');
    return JSON.parse(value);
  }
  const call = ({ method, ids, params, account }) => ask({ method, ids, params, account });
  const verify = (delivery) => ask({ verify: delivery });
  return { name: 'python', call, verify, close: () => child.stdin.end() };
}

export function commandLineDriver(port, folder) {
  const stripe = commandLine(port, folder);
  async function call({ operation, ids, params, account }) {
    const [verb, template] = operation.split(' ');
    const onAccount = account ? ['--stripe-account', account] : [];
    const words = [verb.toLowerCase(), fill(template, ids), '-v', apiVersion, '--confirm', ...onAccount, ...formWords(params)];
    const { output } = await stripe(words);
    const answer = JSON.parse(output);
    return answer.error ? { refusal: { type: answer.error.type, code: answer.error.code } } : { answer };
  }
  return { name: 'cli', call };
}

/** Runs Stripe's command line against a port. Its settings live in a folder of ours; nothing of the user's is read. */
export function commandLine(port, folder) {
  const program = path.join(import.meta.dirname, `node_modules/@stripe/cli-${process.platform}-${process.arch}/bin/stripe`);
  if (!fs.existsSync(program)) throw new Error(`Stripe's command line is not pinned for this kind of machine: ${program} is missing`);
  const env = { PATH: process.env.PATH, HOME: folder, XDG_CONFIG_HOME: folder, STRIPE_CLI_TELEMETRY_OPTOUT: '1' };
  return (words) =>
    new Promise((resolve, reject) => {
      const target = ['--api-key', key, '--color', 'off'];
      const base = ['--api-base', `http://127.0.0.1:${port}`];
      const child = spawn(program, [...words, ...base, ...target], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      let complaint = '';
      child.stdout.on('data', (part) => (output += part));
      child.stderr.on('data', (part) => (complaint += part));
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, output, complaint }));
    });
}

export function fill(template, ids) {
  const rest = [...ids];
  return template.replaceAll('{}', () => rest.shift());
}

/** `-d` words in the notation of forms. Lists of plain values take `[]`, as people write them on the command line. */
function formWords(params) {
  return [...formPairs(params)].flatMap(([name, value]) => ['-d', `${name}=${value}`]);
}

export function* formPairs(value, name = '') {
  if (typeof value !== 'object') yield [name, String(value)];
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* formPairs(item, typeof item === 'object' ? `${name}[${index}]` : `${name}[]`);
  } else {
    for (const [field, item] of Object.entries(value)) yield* formPairs(item, name ? `${name}[${field}]` : field);
  }
}
