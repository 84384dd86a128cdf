// What stands around every page of the account.

import { useProducts } from "@paydesk/react";
import { type ReactElement, type ReactNode, useEffect, useId, useRef, useState } from "react";

import { go, Link } from "../src/router.js";
import { applyTheme, readTheme, THEMES, type Theme } from "../src/theme.js";
import { readBack } from "./back.js";
import { places } from "./places.js";

interface ShellProps {
  userId: string;
  path: string;
  onLeave: () => void;
  children: ReactNode;
}

export function Shell({ userId, path, onLeave, children }: ShellProps): ReactElement {
  const products = useProducts().data;
  const shop = products?.shop ?? "\u00a0";
  const [back] = useState(readBack);
  const main = useRef<HTMLElement>(null);
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    window.scrollTo(0, 0);
    // Whoever reads by ear is told of the new page; whoever uses the keyboard goes on from its beginning.
    main.current?.focus({ preventScroll: true });
  }, [path]);
  const shown = places.filter(({ to, isFor }) => to === path || isFor(products?.data ?? [], userId));
  return (
    <>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <header className="bar">
        <p className="shop">
          {back ? (
            <a href={back} aria-label={`Back to the shop: ${shop}`}>
              <span aria-hidden="true">‹</span> {shop}
            </a>
          ) : (
            shop
          )}
        </p>
        <span className="who" title={userId}>
          {userId}
        </span>
        <ThemeButton />
        <button type="button" className="pd-button" onClick={onLeave}>
          Sign out
        </button>
      </header>
      <nav className="ways" aria-label="Account">
        <ul>
          {shown.map(({ label, to }) => (
            <li key={to}>
              <Link to={to} aria-current={to === path ? "page" : undefined}>
                {label}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <main id="main" ref={main} tabIndex={-1}>
        <Returned path={path} />
        {children}
      </main>
    </>
  );
}

function ThemeButton(): ReactElement {
  const [theme, setTheme] = useState<Theme>(readTheme);
  const change = () => {
    const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
    applyTheme(next);
    setTheme(next);
  };
  return (
    <button type="button" className="pd-button theme" onClick={change} aria-label={`Colours: ${theme}`}>
      <span aria-hidden="true" className={`theme-mark ${theme}`} />
    </button>
  );
}

const RETURNS: Record<string, string> = {
  "?paid": "Thank you. What you bought is here as soon as the payment has arrived, which mostly takes a moment.",
  "?not-paid": "Nothing was charged. What you set out to buy can still be paid for under Payments.",
};

/** What there is to say to somebody who comes from the checkout: until they go elsewhere, and not again when the page is reloaded. */
function Returned({ path }: { path: string }): ReactElement | null {
  const [came] = useState({ path, how: window.location.search });
  const said = came.path === path ? RETURNS[came.how] : undefined;
  useEffect(() => {
    if (said) go(path, { replace: true });
  }, [said, path]);
  if (!said) return null;
  return (
    <p className="returned" role="status">
      {said}
    </p>
  );
}

/** A page with its title, which is the document's too. */
export function Page({ title, children }: { title: string; children: ReactNode }): ReactElement {
  const shop = useProducts().data?.shop;
  useEffect(() => {
    document.title = shop ? `${title} · ${shop}` : title;
  }, [title, shop]);
  return (
    <>
      <h1>{title}</h1>
      {children}
    </>
  );
}

export function Section({ title, children }: { title: string; children: ReactNode }): ReactElement {
  const id = useId();
  return (
    <section className="part" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}
