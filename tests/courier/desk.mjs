// paydesk beside its own sandbox, started for one suite with fresh data, and an application's server that takes webhooks.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';

const catalogue = path.resolve(import.meta.dirname, '../../paydesk.toml');

/** Starts paydesk with these variables of the environment besides, and waits until it has said where everything is. */
export async function startDesk(environment = {}) {
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'paydesk-courier-'));
  const { DATABASE_URL: _, ...inherited } = process.env;
  const flags = ['--empty', '--port', '0', '--sandbox-listen', '127.0.0.1:0', '--data', data, '--catalogue', catalogue];
  const child = spawn(process.env.PAYDESK, ['dev', ...flags], {
    env: { ...inherited, PAYDESK_LOG: 'warn', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = {};
  const lines = readline.createInterface({ input: child.stdout });
  for await (const line of lines) {
    const shop = line.match(/(http:\S+)\/shop/);
    const told = line.match(/^ {2}(sandbox Stripe|admin token|token of user_demo) +(\S+)$/);
    if (shop) said.base = shop[1];
    if (told) said[told[1]] = told[2];
    if (said['token of user_demo']) break;
  }
  child.stdout.resume();
  assert.ok(said.base && said['sandbox Stripe'] && said['admin token'], 'paydesk did not say where it is');
  return new Desk(child, data, said);
}

class Desk {
  #keys = 0;

  constructor(child, data, said) {
    this.child = child;
    this.data = data;
    this.base = said.base;
    this.sandbox = said['sandbox Stripe'];
    this.admin = said['admin token'];
    this.user = said['token of user_demo'];
  }

  async stop() {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
    fs.rmSync(this.data, { recursive: true });
  }

  /** A call of the API; it must succeed. Gives what is answered. */
  async ask(method, where, token, body) {
    const headers = { authorization: `Bearer ${token}` };
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (method === 'POST') headers['idempotency-key'] = `key-${++this.#keys}`;
    const answer = await fetch(`${this.base}${where}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${where}: ${answer.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** Orders a review and pays for it on Stripe's page. Gives the order. */
  async payOrder() {
    const fields = { track_url: 'https://music.example/one' };
    const order = await this.ask('POST', '/api/orders', this.user, { package_id: 'track-review', fields });
    const checkout = await this.ask('POST', '/api/stripe/create-checkout-session', this.user, { order_id: order.order_id });
    const paid = await fetch(`${this.sandbox}/_sandbox/checkout/${checkout.id}/pay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ card: '4242424242424242' }),
    });
    assert.ok(paid.ok, await paid.text());
    return order;
  }
}

/** The application's own server: keeps what is sent to it, and hands it out in the order of its coming. */
export class Receiver {
  #came = [];
  #waiting = [];

  static async start() {
    const receiver = new Receiver();
    receiver.server = http.createServer((request, response) => {
      const parts = [];
      request.on('data', (part) => parts.push(part));
      request.on('end', () => {
        response.writeHead(204).end();
        const came = { headers: request.headers, body: Buffer.concat(parts).toString() };
        const next = receiver.#waiting.shift();
        if (next) next(came);
        else receiver.#came.push(came);
      });
    });
    receiver.server.listen(0, '127.0.0.1');
    await once(receiver.server, 'listening');
    receiver.url = `http://127.0.0.1:${receiver.server.address().port}/hook`;
    return receiver;
  }

  /** The next one, once it has come. */
  next() {
    const came = this.#came.shift();
    return came ? Promise.resolve(came) : new Promise((resolve) => this.#waiting.push(resolve));
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}
