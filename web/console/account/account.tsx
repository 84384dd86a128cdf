// Whoever is signed in sees their account, and anybody else how to get there.

import { PaydeskProvider } from "@paydesk/react";
import { type ReactElement, useEffect, useState } from "react";

import { usePlace } from "../src/router.js";
import { Pages } from "./pages.js";
import { begin, client, enter, type Found, type Reason, signedOut, signOut } from "./session.js";
import { Shell } from "./shell.js";

export function Account(): ReactElement {
  const [found, show] = useState<Found>();
  useEffect(() => {
    let isHere = true;
    void begin().then((who) => isHere && show(who));
    const end = () => show((before) => (before?.status === "in" ? { status: "out", reason: "ended" } : before));
    signedOut.addEventListener("out", end);
    return () => {
      isHere = false;
      signedOut.removeEventListener("out", end);
    };
  }, []);
  if (!found) return <main className="gate" aria-busy="true" />;
  if (found.status === "asking") return <Asking {...found} onChoose={show} />;
  if (found.status === "out") return <Gate reason={found.reason} />;
  return (
    <SignedIn
      userId={found.userId}
      onLeave={() => void signOut().finally(() => show({ status: "out", reason: "left" }))}
    />
  );
}

function SignedIn({ userId, onLeave }: { userId: string; onLeave: () => void }): ReactElement {
  const { path } = usePlace();
  const here = `${window.location.origin}/account${path === "/" ? "" : path}`;
  return (
    <PaydeskProvider client={client} userId={userId} successUrl={`${here}?paid`} cancelUrl={`${here}?not-paid`}>
      <Shell userId={userId} path={path} onLeave={onLeave}>
        <Pages path={path} userId={userId} here={here} />
      </Shell>
    </PaydeskProvider>
  );
}

interface AskingProps {
  userId: string;
  otherId: string;
  onChoose: (found: Found) => void;
}

/** A link of another user: nobody is signed in as somebody else unasked. */
function Asking({ userId, otherId, onChoose }: AskingProps): ReactElement {
  const title = "Whose account do you want to see?";
  useEffect(() => {
    document.title = title;
  }, []);
  const change = () => {
    void enter().then(onChoose, () => onChoose({ status: "out", reason: "unreachable" }));
  };
  return (
    <main className="gate">
      <div className="gate-card">
        <h1>{title}</h1>
        <p>
          You are signed in as <strong>{userId}</strong>. The link that you followed is for <strong>{otherId}</strong>.
          If somebody else sent it to you, stay as you are.
        </p>
        <p className="pd-actions">
          <button type="button" className="pd-button pd-primary" onClick={() => onChoose({ status: "in", userId })}>
            Stay signed in as {userId}
          </button>
          <button type="button" className="pd-button" onClick={change}>
            Change to {otherId}
          </button>
        </p>
      </div>
    </main>
  );
}

const TITLES: Record<Reason, string> = {
  none: "Your account",
  refused: "This way into your account does not work any more",
  ended: "Your visit has ended",
  left: "You are signed out",
  unreachable: "The server cannot be reached",
};

function Gate({ reason }: { reason: Reason }): ReactElement {
  const title = TITLES[reason];
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <main className="gate">
      <div className="gate-card">
        <h1>{title}</h1>
        {reason === "unreachable" ? (
          <p>Check your connection, then load this page again.</p>
        ) : (
          <>
            <p>
              Your credits, plans, bookings, orders and invoices are here. Sign in where you bought them, and go to your
              account from there.
            </p>
            <p className="soft">For your safety a visit ends after an hour.</p>
          </>
        )}
      </div>
    </main>
  );
}
