import { isProblem, type KeyOut, type KeyShown } from "@paydesk/client";
import { type FormEvent, type ReactElement, useId, useState } from "react";

import type { Action } from "./action.js";
import { formatDate } from "./formats.js";
import { type UseApiKeys, useApiKeys } from "./keys.js";
import { Button, classes, Empty, Failure, Loading, More, Question, Said } from "./parts.js";
import { usePaydesk } from "./provider.js";
import { Secret } from "./secret.js";

/** The user's API keys: make, show once, replace, revoke. */
export function ApiKeys({ className }: { className?: string }): ReactElement {
  const { words } = usePaydesk();
  const keys = useApiKeys();
  const [shown, show] = useState<KeyShown>();
  const [said, say] = useState("");
  const [asked, ask] = useState<Asked>();
  const state = keys.data?.data.length === 0 ? "empty" : keys.status;
  const reveal = async (key: KeyOut) => show(await keys.reveal.run(key.key_id));
  return (
    <div className={classes("pd-keys", className)} data-state={state}>
      <Creation create={keys.create} onMade={show} />
      {shown && <Secret title={words.secretOnce(shown.name)} secret={shown.secret} onClose={() => show(undefined)} />}
      <LostSecret actions={[keys.create, keys.reveal]} />
      <Said>{said}</Said>
      {state === "loading" && <Loading />}
      {state === "empty" && <Empty>{words.noKeys}</Empty>}
      {keys.data && keys.data.data.length > 0 && (
        <ul>
          {keys.data.data.map((key) => (
            <Key
              key={key.key_id}
              value={key}
              isRevealing={keys.reveal.status === "pending"}
              onReveal={reveal}
              ask={ask}
            />
          ))}
        </ul>
      )}
      <More list={keys} />
      {keys.status === "error" && <Failure error={keys.error} retry={keys.refresh} />}
      {asked?.what === "rotate" && (
        <Rotation value={asked.key} rotate={keys.rotate} onClose={() => ask(undefined)} onMade={show} />
      )}
      {asked?.what === "revoke" && (
        <Revocation value={asked.key} revoke={keys.revoke} onClose={() => ask(undefined)} say={say} />
      )}
    </div>
  );
}

/** A question that is open, and about which key. */
interface Asked {
  what: "rotate" | "revoke";
  key: KeyOut;
}

function Creation({
  create,
  onMade,
}: {
  create: UseApiKeys["create"];
  onMade: (shown: KeyShown) => void;
}): ReactElement {
  const { words } = usePaydesk();
  const id = useId();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const made = await create.run(String(new FormData(form).get("name")));
    if (!made) return;
    form.reset();
    onMade(made);
  };
  return (
    <form className="pd-field pd-key-form" onSubmit={submit}>
      <label htmlFor={id}>{words.keyName}</label>
      <input id={id} name="name" required maxLength={100} autoComplete="off" />
      <Button type="submit" kind="primary" isPending={create.status === "pending"}>
        {words.createKey}
      </Button>
    </form>
  );
}

/** What failed; where only the answer with the secret was lost, what to do about it. */
function LostSecret({ actions }: { actions: Action<never, KeyShown>[] }): ReactElement | null {
  const { words } = usePaydesk();
  const error = actions.find((action) => action.error !== undefined)?.error;
  if (isProblem(error, "secret_already_shown")) {
    return (
      <p className="pd-error" role="alert">
        {words.secretLost}
      </p>
    );
  }
  return <Failure error={error} />;
}

interface KeyProps {
  value: KeyOut;
  isRevealing: boolean;
  onReveal: (key: KeyOut) => void;
  ask: (asked: Asked) => void;
}

function Key({ value, isRevealing, onReveal, ask }: KeyProps): ReactElement {
  const { words, locale } = usePaydesk();
  const { name, status, created_at } = value;
  return (
    <li className="pd-card pd-key" data-key={value.key_id} data-status={status}>
      <p>
        <strong className="pd-name">{name}</strong> <span className="pd-status">{words.keyStatus[status]}</span>{" "}
        <time dateTime={created_at}>{words.keyMade(formatDate(created_at, locale))}</time>
      </p>
      {status !== "revoked" && (
        <p className="pd-actions">
          {status === "unrevealed" && (
            <Button aria-label={words.revealKey(name)} isPending={isRevealing} onClick={() => onReveal(value)}>
              {words.reveal}
            </Button>
          )}
          {status === "active" && (
            <Button aria-label={words.rotateKey(name)} onClick={() => ask({ what: "rotate", key: value })}>
              {words.rotate}
            </Button>
          )}
          <Button aria-label={words.revokeKey(name)} onClick={() => ask({ what: "revoke", key: value })}>
            {words.revoke}
          </Button>
        </p>
      )}
    </li>
  );
}

interface RotationProps {
  value: KeyOut;
  rotate: UseApiKeys["rotate"];
  onMade: (shown: KeyShown) => void;
  onClose: () => void;
}

function Rotation({ value, rotate, onMade, onClose }: RotationProps): ReactElement {
  const { words } = usePaydesk();
  const [isAtOnce, setAtOnce] = useState(false);
  const close = () => {
    rotate.reset();
    onClose();
  };
  return (
    <Question
      title={words.rotateKey(value.name)}
      confirm={words.rotate}
      keep={words.keep}
      isPending={rotate.status === "pending"}
      error={rotate.error}
      onClose={close}
      onConfirm={async () => {
        const made = await rotate.run({ keyId: value.key_id, overlapSeconds: isAtOnce ? 0 : undefined });
        if (!made) return;
        close();
        onMade(made);
      }}
    >
      <p>{words.rotateText}</p>
      <label className="pd-check">
        <input type="checkbox" checked={isAtOnce} onChange={(event) => setAtOnce(event.target.checked)} />
        {words.rotateAtOnce}
      </label>
    </Question>
  );
}

interface RevocationProps {
  value: KeyOut;
  revoke: UseApiKeys["revoke"];
  say: (text: string) => void;
  onClose: () => void;
}

function Revocation({ value, revoke, say, onClose }: RevocationProps): ReactElement {
  const { words } = usePaydesk();
  const close = () => {
    revoke.reset();
    onClose();
  };
  return (
    <Question
      title={words.revokeKey(value.name)}
      confirm={words.revoke}
      keep={words.keep}
      isDangerous
      isPending={revoke.status === "pending"}
      error={revoke.error}
      onClose={close}
      onConfirm={async () => {
        if (!(await revoke.run(value.key_id))) return;
        close();
        say(words.keyRevoked);
      }}
    >
      <p>{words.revokeText}</p>
    </Question>
  );
}
