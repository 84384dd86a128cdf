// Who is at this browser. A link signs in once: its secret leaves the address bar before anything else happens.

import { createContext, type ReactElement, type ReactNode, useCallback, useContext, useEffect, useState } from "react";

import { forgetAll } from "./query.js";
import { readSession, type Session, signedOut, signIn, signOut } from "./server.js";

type State =
  | { status: "looking" }
  | { status: "out"; reason: "none" | "used" | "unreachable" | "left" }
  | { status: "in"; session: Session };

interface Signed {
  session: Session;
  /** Whether they may change something. The server decides again. */
  mayAct: boolean;
  leave: () => void;
}

const Context = createContext<Signed | undefined>(undefined);

/** Whoever is signed in; only below [`SignedIn`]. */
export function useSession(): Signed {
  const signed = useContext(Context);
  if (!signed) throw new Error("nobody is signed in here");
  return signed;
}

/** The secret of the link that led here, which is taken out of the address. */
function takeSecret(): string | undefined {
  const secret = /^#sign-in=(.+)$/.exec(window.location.hash)?.[1];
  if (secret) window.history.replaceState(null, "", window.location.pathname + window.location.search);
  return secret;
}

const secretOfLink = takeSecret();
// A link that is opened where the console is open already loads no page: so that it signs in, the page is loaded anew.
window.addEventListener("hashchange", () => {
  if (window.location.hash.startsWith("#sign-in=")) window.location.reload();
});
/** One for this page, however often it is rendered: a link signs in once. */
let first: Promise<State> | undefined;

async function begin(): Promise<State> {
  try {
    const session = secretOfLink ? await signIn(secretOfLink) : await readSession();
    if (session) return { status: "in", session };
    return { status: "out", reason: secretOfLink ? "used" : "none" };
  } catch {
    return { status: "out", reason: "unreachable" };
  }
}

/** Shows what is inside to whoever is signed in, and to anybody else how to get a link. */
export function SignedIn({ children }: { children: ReactNode }): ReactElement {
  const [state, setState] = useState<State>({ status: "looking" });
  useEffect(() => {
    first ??= begin();
    let isHere = true;
    void first.then((found) => isHere && setState(found));
    const leave = () => {
      forgetAll();
      setState((before) => (before.status === "in" ? { status: "out", reason: "none" } : before));
    };
    signedOut.addEventListener("out", leave);
    return () => {
      isHere = false;
      signedOut.removeEventListener("out", leave);
    };
  }, []);
  const leave = useCallback(() => {
    void signOut().finally(() => {
      forgetAll();
      setState({ status: "out", reason: "left" });
    });
  }, []);
  if (state.status === "looking") return <main className="gate" aria-busy="true" />;
  if (state.status === "out") return <Gate reason={state.reason} />;
  const signed = { session: state.session, mayAct: state.session.role !== "viewer", leave };
  return <Context.Provider value={signed}>{children}</Context.Provider>;
}

const TITLES = {
  none: "Sign in to the console",
  used: "This link does not sign in any more",
  unreachable: "The server cannot be reached",
  left: "You are signed out",
};

function Gate({ reason }: { reason: keyof typeof TITLES }): ReactElement {
  const title = TITLES[reason];
  useEffect(() => {
    document.title = `${title} · paydesk`;
  }, [title]);
  return (
    <main className="gate">
      <div className="gate-card">
        <p className="brand">
          <span className="brand-mark" aria-hidden="true" />
          paydesk
        </p>
        <h1>{title}</h1>
        {reason === "unreachable" ? (
          <p>Check the connection, then load this page again.</p>
        ) : (
          <>
            <p>The console is opened by a link that is good once, for 15 minutes. On the server, run</p>
            <pre className="code">paydesk operator invite "Ada" --role operator</pre>
            <p className="soft">and open the link that it prints. The roles are viewer, operator and admin.</p>
          </>
        )}
      </div>
    </main>
  );
}
