// What all components are made of: their states, their buttons, a question that must be answered first.

import { ConnectionError, isProblem } from "@paydesk/client";
import { type ComponentProps, type ReactElement, type ReactNode, useId, useLayoutEffect, useRef } from "react";

import { usePaydesk } from "./provider.js";
import type { List } from "./resource.js";
import type { Words } from "./words.js";

/** One or more class names; whoever uses a component adds theirs. */
export function classes(...names: (string | false | undefined)[]): string {
  return names.filter(Boolean).join(" ");
}

export function sayError(error: unknown, words: Words): string {
  if (isProblem(error)) return words.problem(error);
  if (error instanceof ConnectionError) return words.unreachable;
  return error instanceof Error ? error.message : String(error);
}

export function Loading(): ReactElement {
  const { words } = usePaydesk();
  return (
    <p className="pd-loading" role="status">
      {words.loading}
    </p>
  );
}

export function Empty({ children }: { children: ReactNode }): ReactElement {
  return <p className="pd-empty">{children}</p>;
}

/** What went wrong; nothing where nothing did. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }): ReactElement | null {
  const { words } = usePaydesk();
  if (error === undefined) return null;
  return (
    <div className="pd-error" role="alert">
      <p>{sayError(error, words)}</p>
      {retry && <Button onClick={retry}>{words.tryAgain}</Button>}
    </div>
  );
}

/** What was done, read out by a screen reader and shown. */
export function Said({ children }: { children: ReactNode }): ReactElement {
  return (
    <p className="pd-said" role="status">
      {children}
    </p>
  );
}

/** A link that came from elsewhere. It is followed only where it leads to the web, and is a text otherwise. */
export function WebLink({
  href,
  label,
  children,
}: {
  href: string;
  label?: string;
  children: ReactNode;
}): ReactElement {
  if (!/^https?:\/\//i.test(href)) return <span>{children}</span>;
  return (
    <a href={href} rel="noreferrer" aria-label={label}>
      {children}
    </a>
  );
}

/** Asks for the next ones of a list, where there are any. */
export function More({ list }: { list: List<{ next?: string | null | undefined }> }): ReactElement | null {
  const { words } = usePaydesk();
  if (!list.data?.next) return null;
  return (
    <>
      <p>
        <Button isPending={list.more.status === "pending"} onClick={() => list.more.run()}>
          {words.more}
        </Button>
      </p>
      <Failure error={list.more.error} />
    </>
  );
}

type ButtonProps = Omit<ComponentProps<"button">, "disabled"> & {
  isPending?: boolean | undefined;
  kind?: "primary" | "danger" | undefined;
};

/** A button that keeps the focus while it waits: a disabled one would lose it. */
export function Button({ isPending = false, kind, className, onClick, ...rest }: ButtonProps): ReactElement {
  const isDisabled = isPending || rest["aria-disabled"];
  return (
    <button
      type="button"
      {...rest}
      className={classes("pd-button", kind && `pd-${kind}`, className)}
      aria-disabled={isDisabled || undefined}
      aria-busy={isPending || undefined}
      onClick={(event) => {
        if (isPending) event.preventDefault();
        else onClick?.(event);
      }}
    />
  );
}

interface QuestionProps {
  title: string;
  /** What is done when the answer is yes. */
  confirm: string;
  keep: string;
  isPending: boolean;
  isDangerous?: boolean;
  isReady?: boolean;
  error?: unknown;
  onConfirm: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** Asks before something is done that costs or ends something. Escape and the first button leave everything as it is. */
export function Question(props: QuestionProps): ReactElement {
  const { title, confirm, keep, isPending, isDangerous = false, isReady = true, error, onConfirm, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Closing gives the focus back to where it was, as long as the dialog is still on the page: so before it is taken off.
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="pd-question"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h3 id={titleId}>{title}</h3>
      {props.children}
      <Failure error={error} />
      <p className="pd-actions">
        <Button onClick={onClose}>{keep}</Button>
        <Button kind={isDangerous ? "danger" : "primary"} isPending={isPending || !isReady} onClick={onConfirm}>
          {confirm}
        </Button>
      </p>
    </dialog>
  );
}
