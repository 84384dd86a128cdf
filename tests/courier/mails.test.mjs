// What paydesk sends by mail is taken by a real mail server, after it was asked for a password, and reads as it was meant.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { startDesk } from './desk.mjs';

let desk;
let server;
const came = [];
const waiting = [];

before(async () => {
  server = new SMTPServer({
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) => {
      const known = username === 'paydesk' && password === 'a word';
      done(known ? null : new Error('who is this?'), known ? { user: username } : undefined);
    },
    onData: (stream, session, done) => {
      const parts = [];
      stream.on('data', (part) => parts.push(part));
      stream.on('end', () => {
        const mail = { raw: Buffer.concat(parts), to: session.envelope.rcptTo.map(({ address }) => address) };
        const next = waiting.shift();
        if (next) next(mail);
        else came.push(mail);
        done();
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  desk = await startDesk({
    PAYDESK_SMTP_URL: `smtp://paydesk:a%20word@127.0.0.1:${server.server.address().port}`,
    PAYDESK_MAIL_FROM: 'Acme Pay <pay@acme.example>',
  });
});

after(async () => {
  await desk?.stop();
  server.close();
});

test('a buyer is told by mail that their order is paid', async () => {
  await desk.ask('PUT', '/api/users/user_demo/contact', desk.admin, { email: 'demo@example.com' });
  const order = await desk.payOrder();
  const { raw, to } = await (came.shift() ?? new Promise((resolve) => waiting.push(resolve)));
  assert.deepEqual(to, ['demo@example.com']);
  const mail = await PostalMime.parse(raw);
  assert.deepEqual(mail.from, { address: 'pay@acme.example', name: 'Acme Pay' });
  assert.match(mail.subject, /your order is paid$/);
  for (const text of [mail.text, mail.html]) assert.ok(text.includes(order.order_id), text);
  assert.match(mail.messageId, /^<msg_[0-9a-f]{32}@acme\.example>$/);
  assert.ok(Math.abs(Date.parse(mail.date) - Date.now()) < 60_000, mail.date);
});
