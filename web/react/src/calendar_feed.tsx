import { type ReactElement, useState } from "react";

import { useCalendarFeed } from "./bookings.js";
import { Button, classes, Question } from "./parts.js";
import { usePaydesk } from "./provider.js";
import { Secret } from "./secret.js";

export interface CalendarFeedProps {
  /** The sessions that the user gives, in place of those that they booked. */
  isGiven?: boolean;
  className?: string;
}

/** An address with which the user's calendar follows their sessions. It is shown once; another one ends the one before. */
export function CalendarFeed({ isGiven = false, className }: CalendarFeedProps): ReactElement {
  const { words } = usePaydesk();
  const { isMade, make, end } = useCalendarFeed({ isGiven });
  const [asked, ask] = useState<"make" | "end">();
  const [address, show] = useState<string>();
  const [isLost, setLost] = useState(false);
  const close = () => {
    make.reset();
    end.reset();
    ask(undefined);
  };
  return (
    <div className={classes("pd-feed", className)}>
      <p className="pd-note">{words.feedText}</p>
      {address && <Secret title={words.feedOnce} secret={address} onClose={() => show(undefined)} />}
      {isLost && (
        <p className="pd-error" role="alert">
          {words.feedLost}
        </p>
      )}
      <p className="pd-actions">
        <Button onClick={() => ask("make")}>{isMade ? words.replaceFeed : words.makeFeed}</Button>
        {isMade && <Button onClick={() => ask("end")}>{words.endFeed}</Button>}
      </p>
      {asked === "make" && (
        <Question
          title={words.makeFeedTitle}
          confirm={words.makeFeed}
          keep={words.keepFeed}
          isPending={make.status === "pending"}
          error={make.error}
          onClose={close}
          onConfirm={async () => {
            const made = await make.run();
            if (!made) return;
            close();
            // Whoever repeats what was done already is not told the address again.
            setLost(!made.url);
            show(made.url ?? undefined);
          }}
        >
          <p>{words.makeFeedText}</p>
        </Question>
      )}
      {asked === "end" && (
        <Question
          title={words.endFeedTitle}
          confirm={words.endFeed}
          keep={words.keepFeed}
          isDangerous
          isPending={end.status === "pending"}
          error={end.error}
          onClose={close}
          onConfirm={async () => {
            if (!(await end.run())) return;
            close();
            setLost(false);
            show(undefined);
          }}
        >
          <p>{words.endFeedText}</p>
        </Question>
      )}
    </div>
  );
}
