// @paydesk/client: everything that an application calls, typed, and what came of it.

export { type Client, createClient, newKey } from "./client.js";
export type { ClientOptions } from "./connection.js";
export { entries, type Page, pages } from "./entries.js";
export type { Operations } from "./generated/operations.js";
export type { ProblemCode } from "./generated/problems.js";
export type * from "./generated/schema.js";
export { type AnyProblemCode, ConnectionError, isInDoubt, isProblem, ProblemError } from "./problem.js";
export type { CallOptions, Input, Output } from "./shape.js";
export type { Update, UpdatesInput } from "./updates.js";
