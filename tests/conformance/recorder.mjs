// A proxy between a driver and the sandbox that keeps every request and answer, so that what is validated is what went over the wire.

import http from 'node:http';

/**
 * Starts a proxy in front of the sandbox. Answers `{ port, exchanges, close }`; an exchange is
 * `{ driver, method, path, status, headers, body }` and stands in `exchanges` before the driver has its answer.
 */
export async function record(driver, sandboxPort) {
  const exchanges = [];
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const onward = { host: '127.0.0.1', port: sandboxPort, method: request.method, path: request.url, headers: request.headers };
      const upstream = http.request(onward, (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('end', () => {
          const body = Buffer.concat(parts);
          const { pathname: path } = new URL(request.url, 'http://sandbox');
          exchanges.push({ driver, method: request.method, path, status: answer.statusCode, headers: answer.headers, body: body.toString() });
          response.writeHead(answer.statusCode, answer.headers);
          response.end(body);
        });
      });
      upstream.on('error', (error) => response.destroy(error));
      upstream.end(Buffer.concat(chunks));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: server.address().port, exchanges, close: () => server.close() };
}
