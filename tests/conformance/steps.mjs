// The steps a scenario is made of.
//
// A step names its operation as Stripe's documentation does, and the method of the library in Python's spelling. A text that begins with
// `$` stands for a field of an answer that an earlier step kept.

/**
 * One call. `expect` are fields the answer must hold; `refused` what the refusal must hold instead. `account` is the connected account
 * that the call is made on.
 */
export function step(operation, method, { ids = [], params = {}, account, keep, expect = {}, refused } = {}) {
  return { operation, method, ids, params, account, keep, expect, refused };
}

/** What the buyer's browser does on the hosted page; no library has a call for it. */
export function buyer(operation, { ids, params }) {
  return { operation, method: null, ids, params, expect: {} };
}

/** A person opens a hosted page by the address that an answer gave, and sends its form; `expect` is where that leads. */
export function visitor(operation, { page, params, expect }) {
  return { operation, method: null, page, ids: [], params, expect };
}
