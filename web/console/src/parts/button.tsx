import type { ComponentProps, ReactElement } from "react";

type Props = Omit<ComponentProps<"button">, "disabled"> & { kind?: "primary" | "danger"; isPending?: boolean };

/** A button that keeps the focus while it waits: a disabled one would lose it. */
export function Button({ kind, isPending = false, className = "", onClick, ...rest }: Props): ReactElement {
  return (
    <button
      type="button"
      {...rest}
      className={`button ${kind ?? ""} ${className}`.trim()}
      aria-disabled={isPending || undefined}
      aria-busy={isPending || undefined}
      onClick={(event) => {
        if (isPending) event.preventDefault();
        else onClick?.(event);
      }}
    />
  );
}
