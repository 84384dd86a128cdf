import { type ReactElement, useEffect, useRef, useState } from "react";

import { Button } from "./parts.js";
import { usePaydesk } from "./provider.js";

interface SecretProps {
  title: string;
  secret: string;
  onClose: () => void;
}

/** A secret, this once. It takes the focus, because it is what the user has been waiting for. */
export function Secret({ title, secret, onClose }: SecretProps): ReactElement {
  const { words } = usePaydesk();
  const box = useRef<HTMLElement>(null);
  const [copied, setCopied] = useState("");
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new secret takes the focus.
  useEffect(() => box.current?.focus(), [secret]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(secret);
      setCopied(secret);
    } catch {
      // Pages without https have no clipboard: then the secret is selected, to be copied by hand.
      const text = box.current?.querySelector("code");
      if (text) window.getSelection()?.selectAllChildren(text);
    }
  };
  return (
    <section ref={box} className="pd-card pd-secret" tabIndex={-1} aria-label={title}>
      <p>{title}</p>
      <p>
        <code>{secret}</code>
      </p>
      <p className="pd-actions">
        <Button onClick={copy}>{words.copy}</Button>
        <Button onClick={onClose}>{words.close}</Button>
        <span role="status">{copied === secret && words.copied}</span>
      </p>
    </section>
  );
}
