// What an operator does: a button, a question with what has to be said, and what came of it. Viewers do not see it.

import { useAction } from "@paydesk/react";
import { type FormEvent, type ReactElement, type ReactNode, useId, useLayoutEffect, useRef, useState } from "react";

import { addressOf, usePlace } from "../router.js";
import { useSession } from "../session.js";
import { Button } from "./button.js";
import { Failure, sayError } from "./states.js";

export interface Ask {
  name: string;
  label: string;
  hint?: string;
  /** Long texts have room; without it one line. */
  isLong?: boolean;
  isOptional?: boolean;
  options?: readonly { value: string; label: string }[];
}

export type Answers = Record<string, string>;

interface Props {
  /** The button's words, and the question's. */
  label: string;
  title: string;
  children?: ReactNode;
  asks?: Ask[];
  isDangerous?: boolean;
  isAdmins?: boolean;
  /** Does it, under this Idempotency-Key; a text that is given back is said. Throws what is to be shown. */
  perform: (answers: Answers, key: string) => Promise<string | undefined>;
  /** What else may be asked first: what would happen. */
  rehearse?: { label: string; perform: (answers: Answers, key: string) => Promise<string> };
  onDone?: () => void;
  /** Told what came of it where that is said by whoever is there longer than this; nothing when it is asked anew. */
  onSaid?: (text: string | undefined) => void;
}

/** Something that can be done by whoever may. */
export function Act(props: Props): ReactElement | null {
  const { session, mayAct } = useSession();
  const [isAsked, setAsked] = useState(false);
  const [own, setOwn] = useState<string>();
  const tell = props.onSaid ?? setOwn;
  if (!mayAct || (props.isAdmins && session.role !== "admin")) return null;
  return (
    <>
      <Button
        {...(props.isDangerous ? { kind: "danger" as const } : {})}
        onClick={() => {
          tell(undefined);
          setAsked(true);
        }}
      >
        {props.label}
      </Button>
      {isAsked && (
        <Question
          {...props}
          onClose={() => setAsked(false)}
          onSaid={(text) => {
            setAsked(false);
            tell(text ?? "Done.");
            props.onDone?.();
          }}
        />
      )}
      <Said text={own} />
    </>
  );
}

/** What came of something that was done, until one goes elsewhere: to another page, or to another part of this one. */
export function Said({ text }: { text: string | undefined }): ReactElement | null {
  const { path, query } = usePlace();
  const here = addressOf(path, Object.fromEntries(query));
  const [said, setSaid] = useState<{ text: string | undefined; where: string | undefined }>({ text, where: here });
  if (said.text !== text) setSaid({ text, where: here });
  else if (said.where !== undefined && said.where !== here) setSaid({ text, where: undefined });
  if (!text || said.where !== here) return null;
  return (
    <p className="said" role="status">
      {text}
    </p>
  );
}

function Question(
  props: Omit<Props, "onSaid"> & { onClose: () => void; onSaid: (text: string | undefined) => void },
): ReactElement {
  const { label, title, children, asks = [], isDangerous, perform, rehearse, onClose, onSaid } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const form = useRef<HTMLFormElement>(null);
  const titleId = useId();
  const action = useAction(async (answers: Answers, key) => ({ said: await perform(answers, key) }));
  const rehearsal = useAction(async (answers: Answers, key) => (await rehearse?.perform(answers, key)) ?? "");
  // Closing gives the focus back to where it was, as long as the dialog is still on the page: so before it is taken off.
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  const answers = () => {
    const values = form.current ? [...new FormData(form.current)] : [];
    return Object.fromEntries(values.map(([name, value]) => [name, String(value).trim()]));
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const result = await action.run(answers());
    if (result) onSaid(result.said);
  };
  return (
    <dialog ref={dialog} className="question" aria-labelledby={titleId} onCancel={onClose}>
      <form ref={form} onSubmit={(event) => void submit(event)}>
        <h2 id={titleId}>{title}</h2>
        {children}
        {asks.map((ask) => (
          <AskField key={ask.name} ask={ask} />
        ))}
        <Failure error={action.error} />
        {rehearsal.status === "done" && <p role="status">{rehearsal.result}</p>}
        {rehearsal.status === "failed" && <p role="alert">{sayError(rehearsal.error)}</p>}
        <p className="actions">
          <Button onClick={onClose}>Leave it</Button>
          {rehearse && (
            <Button isPending={rehearsal.status === "pending"} onClick={() => void rehearsal.run(answers())}>
              {rehearse.label}
            </Button>
          )}
          <Button type="submit" kind={isDangerous ? "danger" : "primary"} isPending={action.status === "pending"}>
            {label}
          </Button>
        </p>
      </form>
    </dialog>
  );
}

function AskField({ ask: { name, label, hint, isLong, isOptional = false, options } }: { ask: Ask }): ReactElement {
  const id = useId();
  const shared = { id, name, required: !isOptional, "aria-describedby": hint ? `${id}-hint` : undefined };
  return (
    <div className="ask">
      <label htmlFor={id}>
        {label}
        {isOptional && <span className="soft"> (optional)</span>}
      </label>
      {options ? (
        <select {...shared}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      ) : isLong ? (
        <textarea {...shared} rows={3} maxLength={500} />
      ) : (
        <input {...shared} autoComplete="off" />
      )}
      {hint && (
        <span id={`${id}-hint`} className="soft">
          {hint}
        </span>
      )}
    </div>
  );
}
