// Bookings: hours that clients booked with builders, and what became of their money.

import type { BookingOut } from "@paydesk/client";
import { type ReactElement, useState } from "react";

import { say } from "../formats.js";
import { Act, Said } from "../parts/act.js";
import { Fields, Section } from "../parts/fields.js";
import { type Filter, Filters, useFilters } from "../parts/filters.js";
import { Loaded } from "../parts/states.js";
import { type Column, List, Table } from "../parts/table.js";
import { At, Exactly, Id, IdLink, Money, Nothing, Status, UserLink } from "../parts/values.js";
import { useQuery } from "../query.js";
import { Link } from "../router.js";
import { client } from "../server.js";
import { Heading } from "../shell.js";
import { MoveAct } from "./booking_move.js";

const columns: Column<BookingOut>[] = [
  {
    title: "Session",
    cell: (booking) => (
      <>
        <Link data-entry="" to={`/bookings/${encodeURIComponent(booking.booking_id)}`}>
          {booking.session_type_id}
        </Link>
        {/* On a phone there is no room for columns of their own. */}
        <span className="narrow">
          <UserLink id={booking.client_id} /> with <UserLink id={booking.builder_id} />
        </span>
      </>
    ),
  },
  { title: "Status", cell: (booking) => <Status of={booking.status} /> },
  { title: "Begins", cell: (booking) => <Exactly moment={booking.starts_at} /> },
  { title: "Client", isExtra: true, cell: (booking) => <UserLink id={booking.client_id} /> },
  { title: "Builder", isExtra: true, cell: (booking) => <UserLink id={booking.builder_id} /> },
  {
    title: "Price",
    isNumber: true,
    isExtra: true,
    cell: (booking) => <Money minor={booking.amount_minor} currency={booking.currency} />,
  },
  { title: "Made", isExtra: true, cell: (booking) => <At moment={booking.created_at} /> },
];

const PLACES = ["pending", "confirmed", "released", "cancelled", "no_show", "paid_unplaced", "refunded"] as const;
const filters: Filter[] = [
  { name: "status", label: "Status", options: PLACES },
  { name: "user_id", label: "Client" },
  { name: "builder_id", label: "Builder" },
];

export function BookingsPage(): ReactElement {
  const values = useFilters(filters);
  return (
    <>
      <Heading title="Bookings" />
      <Filters filters={filters} />
      <List
        name="Bookings"
        filters={values}
        read={(page, signal) => client.listBookings({ ...page, ...(values as object) }, { signal })}
        columns={columns}
        keyOf={(booking) => booking.booking_id}
        empty="No booking. Hours that clients book show here, also those that came to nothing."
      />
    </>
  );
}

/** What a user booked, or gives to others. */
export function BookingsOf({ userId }: { userId: string }): ReactElement {
  return (
    <>
      <List
        name="Bookings"
        filters={{ userId }}
        read={(page, signal) => client.listBookings({ user_id: userId, ...page }, { signal })}
        columns={columns.filter(({ title }) => title !== "Client")}
        keyOf={(booking) => booking.booking_id}
        empty="Nothing was booked."
      />
      <Section title="Booked with this user">
        <List
          name="Booked with this user"
          pageName="given"
          limit={10}
          filters={{ userId }}
          read={(page, signal) => client.listBookings({ builder_id: userId, ...page }, { signal })}
          columns={columns.filter(({ title }) => title !== "Builder")}
          keyOf={(booking) => booking.booking_id}
          empty="Nobody booked an hour of theirs."
        />
      </Section>
    </>
  );
}

export function BookingPage({ bookingId }: { bookingId: string }): ReactElement {
  const query = useQuery(`booking ${bookingId}`, (signal) => client.readBooking({ booking_id: bookingId }, { signal }));
  return (
    <>
      <Heading title="Booking" actions={query.data && <Acts booking={query.data} onDone={query.reload} />}>
        <Id of={bookingId} />
      </Heading>
      <Loaded query={query}>{(booking) => <Booking booking={booking} />}</Loaded>
    </>
  );
}

function Acts({ booking, onDone }: { booking: BookingOut; onDone: () => void }): ReactElement {
  const { booking_id, status } = booking;
  const hasBegun = Date.parse(booking.starts_at) <= Date.now();
  // The button that was pressed may be gone by what it did.
  const [said, setSaid] = useState<string>();
  return (
    <>
      {status === "confirmed" && hasBegun && (
        <Act
          label="Client did not come"
          title="Did the client not come?"
          perform={async (_, key) => {
            await client.markBookingNoShow({ booking_id }, { idempotencyKey: key });
            return "Noted. What was paid stays paid.";
          }}
          onDone={onDone}
          onSaid={setSaid}
        />
      )}
      {status === "confirmed" && !hasBegun && <MoveAct booking={booking} onDone={onDone} onSaid={setSaid} />}
      {(status === "confirmed" || status === "pending") && (
        <Act
          label="Cancel booking"
          title="Cancel this booking?"
          isDangerous
          perform={async (_, key) => {
            const { status: after } = await client.cancelBooking({ booking_id }, { idempotencyKey: key });
            return `The booking is ${say(after).toLowerCase()}.`;
          }}
          onDone={onDone}
          onSaid={setSaid}
        >
          <p className="soft">The client gets everything back, and the time is free again.</p>
        </Act>
      )}
      <Said text={said} />
    </>
  );
}

function Booking({ booking }: { booking: BookingOut }): ReactElement {
  const { currency, platform_fee_minor: fee } = booking;
  return (
    <>
      <Fields
        of={[
          ["Session", booking.session_type_id],
          ["Status", <Status key="v" of={booking.status} />],
          ["Begins", <Exactly key="v" moment={booking.starts_at} />],
          ["Ends", <Exactly key="v" moment={booking.ends_at} />],
          ["Client", <UserLink key="v" id={booking.client_id} />],
          ["Builder", <UserLink key="v" id={booking.builder_id} />],
          ["Price", <Money key="v" minor={booking.amount_minor} currency={currency} />],
          [
            "Of that the platform’s",
            typeof fee === "number" ? <Money key="v" minor={fee} currency={currency} /> : <Nothing />,
          ],
          ["Paid", <Money key="v" minor={booking.paid_minor} currency={currency} />],
          ["Given back", <Money key="v" minor={booking.refunded_minor} currency={currency} />],
          ["Purchase", <IdLink key="v" to="/purchases" id={booking.purchase_id} whole />],
          ["Made", <Exactly key="v" moment={booking.created_at} />],
          ["Changed", <Exactly key="v" moment={booking.updated_at} />],
        ]}
      />
      <Section title="What goes back to a client who cancels">
        {booking.refund_tiers.length > 0 ? (
          <Table
            caption="What goes back"
            rows={booking.refund_tiers}
            keyOf={(tier) => String(tier.hours_before)}
            columns={[
              { title: "At least so many hours before", cell: (tier) => tier.hours_before },
              { title: "Of the price", isNumber: true, cell: (tier) => `${tier.percent}%` },
            ]}
          />
        ) : (
          <p className="empty">Nothing.</p>
        )}
      </Section>
    </>
  );
}
