// What goes into a call and what comes out of it, read from the generated schema.

import type { operations } from "./generated/schema.js";

type Simple<Type> = { [Key in keyof Type]: Type[Key] } & {};
type Given<Type> = [Type] extends [never] ? unknown : Exclude<Type, undefined>;
type InputName<Name extends string> = Name extends "If-Match" ? "if_match" : never;
type Headers<Type> = {
  [Name in keyof Type as Name extends string ? InputName<Name> : never]: Type[Name];
};
type Content<Response> = Response extends { content: infer Kinds } ? Kinds[keyof Kinds] : undefined;
type Body<Operation> = Operation extends { requestBody: infer Request }
  ? [Request] extends [never]
    ? unknown
    : Content<Exclude<Request, undefined>>
  : unknown;

type Parameter<Id extends keyof operations, Place extends string> = operations[Id]["parameters"] extends {
  [Key in Place]?: infer Type;
}
  ? Type
  : unknown;

/** What an operation is given: its parameters and the members of its body, as one object. */
export type Input<Id extends keyof operations> = Simple<
  Given<Parameter<Id, "path">> &
    Given<Parameter<Id, "query">> &
    Headers<Given<Parameter<Id, "header">>> &
    Body<operations[Id]>
>;

/** What an operation answers when it succeeds. */
export type Output<Id extends keyof operations> = Content<
  operations[Id]["responses"][keyof operations[Id]["responses"] & (200 | 201 | 202 | 204)]
>;

/** What a caller may say about one call. */
export interface CallOptions {
  /** Ends the call; it then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /**
   * The Idempotency-Key of this action, 1 to 255 visible ASCII characters. Without one each call is an action of its
   * own; its repeats by the client have the same key. Give one of yours to make a repeat after a crash harmless too.
   */
  idempotencyKey?: string | undefined;
}
