// Server-sent events, as the standard writes them, read from an answer that goes on.

/** One event of a stream. */
export interface StreamEvent {
  id: string;
  type: string;
  data: string;
}

/** What was read: an event, or how long the server wants to be left alone before it is asked again. */
export type Piece = StreamEvent | { retryMs: number };

/** Takes text in as it arrives, and gives out what is complete. */
export class EventReader {
  #rest = "";
  #id = "";
  #type = "";
  #data: string[] = [];

  read(text: string): Piece[] {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    return lines.flatMap((line) => this.#line(line) ?? []);
  }

  #line(line: string): Piece | undefined {
    if (line === "") return this.#end();
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "event") this.#type = value;
    else if (name === "data") this.#data.push(value);
    else if (name === "id" && !value.includes("\0")) this.#id = value;
    else if (name === "retry" && /^\d+$/.test(value)) return { retryMs: Number(value) };
    return undefined;
  }

  #end(): StreamEvent | undefined {
    const event = { id: this.#id, type: this.#type || "message", data: this.#data.join("\n") };
    const isEvent = this.#data.length > 0;
    this.#type = "";
    this.#data = [];
    return isEvent ? event : undefined;
  }
}

/** The pieces of an answer, until it ends. A stream that is silent for too long is taken for dead, and ended. */
export async function* readPieces(answer: Response, silenceMsMax: number): AsyncGenerator<Piece, void, undefined> {
  const body = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!body) return;
  const reader = new EventReader();
  try {
    while (true) {
      const { done, value } = await within(silenceMsMax, body.read());
      if (done) return;
      yield* reader.read(value);
    }
  } finally {
    await body.cancel().catch(() => undefined);
  }
}

function within<Value>(ms: number, work: Promise<Value>): Promise<Value> {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error("The stream fell silent")), ms);
    work.then(done, fail).finally(() => clearTimeout(timer));
  });
}
