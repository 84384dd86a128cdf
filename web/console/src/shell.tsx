// What stands around every page: the ways to the others, the search, who is signed in.

import { type ReactElement, type ReactNode, useEffect, useRef, useState } from "react";

import { useKeys } from "./keyboard.js";
import { Palette } from "./palette.js";
import { Button } from "./parts/button.js";
import { entryAt, sections } from "./places.js";
import { Link } from "./router.js";
import { useSession } from "./session.js";
import { applyTheme, readTheme, THEMES, type Theme } from "./theme.js";

export function Shell({ path, children }: { path: string; children: ReactNode }): ReactElement {
  const [isSearching, setSearching] = useState(false);
  const [isOpen, setOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  useKeys(() => setSearching(true));
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    setOpen(false);
    window.scrollTo(0, 0);
    // Whoever reads by ear is told of the new page; whoever uses the keyboard goes on from its beginning.
    main.current?.focus({ preventScroll: true });
  }, [path]);
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <header className="bar">
        <Button className="menu-button" aria-expanded={isOpen} aria-controls="ways" onClick={() => setOpen(!isOpen)}>
          Menu
        </Button>
        <button type="button" className="search-button" onClick={() => setSearching(true)}>
          <span>Search</span>
          <kbd>/</kbd>
        </button>
        <Who />
      </header>
      <nav id="ways" className={isOpen ? "side open" : "side"} aria-label="Console">
        <Link to="/" className="brand">
          <span className="brand-mark" aria-hidden="true" />
          paydesk
        </Link>
        <Ways path={path} />
      </nav>
      <main id="main" ref={main} tabIndex={-1}>
        {children}
      </main>
      {isSearching && <Palette onClose={() => setSearching(false)} />}
    </div>
  );
}

function Ways({ path }: { path: string }): ReactElement {
  const current = entryAt(path);
  return (
    <>
      {sections.map(({ title, entries }) => (
        <div key={title} className="ways">
          {title && <h2>{title}</h2>}
          <ul>
            {entries.map((entry) => (
              <li key={entry.to}>
                <Link
                  to={entry.to}
                  aria-current={entry === current ? "page" : undefined}
                  title={`g then ${entry.letter}`}
                >
                  {entry.label}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </>
  );
}

function Who(): ReactElement {
  const { session, leave } = useSession();
  const [theme, setTheme] = useState<Theme>(readTheme);
  const change = () => {
    const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
    applyTheme(next);
    setTheme(next);
  };
  return (
    <div className="who">
      <Button className="quiet" onClick={change} aria-label={`Colours: ${theme}`}>
        <span aria-hidden="true" className={`theme-mark ${theme}`} />
      </Button>
      <span className="who-name">
        {session.name} <span className="soft">{session.role}</span>
      </span>
      <Button className="quiet" onClick={leave}>
        Sign out
      </Button>
    </div>
  );
}

/** The head of a page; its title is the document's too. */
export function Heading({
  title,
  children,
  actions,
}: {
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}): ReactElement {
  useEffect(() => {
    document.title = `${title} · paydesk`;
  }, [title]);
  return (
    <header className="heading">
      <div>
        <h1>{title}</h1>
        {children}
      </div>
      {actions && <div className="actions">{actions}</div>}
    </header>
  );
}

export function NotFound(): ReactElement {
  return (
    <>
      <Heading title="Nothing is here" />
      <p className="soft">The address may be cut short. Press / to search, or choose a list.</p>
    </>
  );
}
