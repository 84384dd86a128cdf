// What only those see who give sessions or earn otherwise: loaded when somebody goes there.

import { BankPayoutList, BookingList, CalendarFeed, EarningList, PayoutAccount } from "@paydesk/react";
import type { ReactElement } from "react";

import { Availability } from "./availability.js";
import { Page, Section } from "./shell.js";

export function Sessions({ userId }: { userId: string }): ReactElement {
  return (
    <Page title="Your sessions">
      <Section title="Booked with you">
        <BookingList isGiven />
      </Section>
      <Section title="In your calendar">
        <CalendarFeed isGiven />
      </Section>
      <Section title="When you are there">
        <Availability userId={userId} />
      </Section>
    </Page>
  );
}

export function Earnings({ here }: { here: string }): ReactElement {
  return (
    <Page title="Earnings">
      <Section title="Payouts">
        <PayoutAccount returnUrl={here} />
      </Section>
      <Section title="What you earned">
        <EarningList />
      </Section>
      <Section title="Sent to your bank">
        <BankPayoutList />
      </Section>
    </Page>
  );
}
