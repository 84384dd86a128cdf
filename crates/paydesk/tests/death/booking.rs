//! The journey of somebody who books a session, pays for it, moves it to a dearer one, pays the difference, and is let down: each
//! time is held once, confirmed once, free again, and all the money is back once, wherever the process dies between claim,
//! session, payment and refund.

use std::time::Instant;

use serde_json::{Value, json};

use crate::journey::{Answered, Journey, body};
use crate::server::{ADMIN, DEARER, PATIENCE};

const AVAILABILITY: &str = "/api/builders/grace/availability";
const CHECKOUT: &str = "/api/payments/create-checkout-session";

impl Journey<'_> {
    /// Goes the whole way. Gives how often the process died.
    pub(crate) async fn book(mut self) -> usize {
        self.be_there().await;
        self.stop().await;
        self.armed = true;
        let (wanted, begun) = self.begin_booking().await;
        self.pay_for(&begun).await;
        let booking = self.stand("confirmed").await;
        let (dearer, moving) = self.begin_move(&booking).await;
        self.pay_for(&moving).await;
        self.stand_as("confirmed", DEARER).await;
        let cancel_path = format!("/api/bookings/{booking}/cancel");
        let cancelled = self.ask(&cancel_path, "cancel", &json!({})).await;
        assert_eq!(
            body(&cancelled)["status"],
            "cancelled",
            "{} {}",
            body(&cancelled),
            self.told()
        );
        self.make_refunds_due().await;
        self.stand("refunded").await;

        // Everybody asks once more, and Stripe tells everything once more.
        self.deliver_all().await;
        self.stand("refunded").await;
        assert_eq!(self.ask(CHECKOUT, "book", &wanted).await, begun, "{}", self.told());
        assert_eq!(self.ask(CHECKOUT, "move", &dearer).await, moving, "{}", self.told());
        assert_eq!(
            self.ask(&cancel_path, "cancel", &json!({})).await,
            cancelled,
            "{}",
            self.told()
        );
        self.check_booking().await;
        self.died
    }

    /// A session of grace's that ada has booked and paid for. Gives its id.
    pub(crate) async fn have_booked(&mut self) -> String {
        let (_, begun) = self.begin_booking().await;
        self.pay_for(&begun).await;
        self.stand("confirmed").await
    }

    /// Begins a checkout of a session. Gives what was wanted and what was answered.
    async fn begin_booking(&mut self) -> (Value, Answered) {
        let slots = self.read("/api/bookings/slots?session_type=mix-session").await;
        let starts_at = slots["data"][30]["starts_at"].clone();
        let wanted = json!({ "item_id": "mix-session", "starts_at": starts_at, "user_id": "ada" });
        let begun = self.ask(CHECKOUT, "book", &wanted).await;
        assert_eq!(begun.0, 200, "{} {}", body(&begun), self.told());
        (wanted, begun)
    }

    /// Begins to pay the difference to a dearer session. Gives what was wanted and what was answered.
    async fn begin_move(&mut self, booking_id: &str) -> (Value, Answered) {
        let slots = self.read(&format!("/api/bookings/slots?session_type={DEARER}")).await;
        let starts_at = slots["data"][40]["starts_at"].clone();
        let wanted = json!({ "booking_id": booking_id, "item_id": DEARER, "starts_at": starts_at, "user_id": "ada" });
        let begun = self.ask(CHECKOUT, "move", &wanted).await;
        assert_eq!(begun.0, 200, "{} {}", body(&begun), self.told());
        (wanted, begun)
    }

    /// Pays, and lets Stripe tell of it. The money is available at once.
    async fn pay_for(&mut self, begun: &Answered) {
        let session = body(begun)["id"].as_str().unwrap().to_owned();
        let card = json!({ "card": "4000000000000077" });
        self.place.steer(&format!("/checkout/{session}/pay"), &card).await;
        self.deliver_all().await;
    }

    /// Says that grace is always there.
    pub(crate) async fn be_there(&mut self) {
        let day = json!([{ "from": "00:00", "to": "24:00" }]);
        let wanted = json!({ "time_zone": "Europe/London", "weekly": {
            "monday": day, "tuesday": day, "wednesday": day, "thursday": day, "friday": day, "saturday": day, "sunday": day,
        } });
        let base = self.base().await;
        let request = self.place.http.put(format!("{base}{AVAILABILITY}")).bearer_auth(ADMIN);
        let said = request.header("if-match", "*").json(&wanted).send().await.unwrap();
        assert_eq!(said.status(), 200, "{}", self.told());
    }

    /// Waits until no event waits and the booking stands there. Gives its id.
    pub(crate) async fn stand(&mut self, status: &str) -> String {
        self.stand_as(status, "").await
    }

    /// The same, as a session of this type, where one is named.
    async fn stand_as(&mut self, status: &str, session_type: &str) -> String {
        let begun = Instant::now();
        loop {
            let deaths = self.died;
            while self.died == deaths {
                let waits = self.waits().await;
                let bookings = self.read("/api/bookings?user_id=ada").await["data"].take();
                let is_it = session_type.is_empty() || bookings[0]["session_type_id"] == session_type;
                let stands = bookings[0]["status"] == status && is_it && bookings[1].is_null();
                if !waits && stands {
                    return bookings[0]["booking_id"].as_str().unwrap().to_owned();
                }
                assert!(begun.elapsed() < PATIENCE, "{status}: {bookings} {}", self.told());
            }
            self.make_refunds_due().await;
        }
    }

    /// Lets the time of refunds that were decided come. A server that was ended before it came to its point leaves it to the
    /// next one.
    pub(crate) async fn make_refunds_due(&mut self) {
        self.stop().await;
        self.armed = self.died == 0;
        self.run_sql("update refund_intent set next_check_at_us = 0 where status = 'created'")
            .await;
    }

    async fn check_booking(&mut self) {
        self.stop().await;
        self.place.verify().await;
        let told = self.told();
        for (path, count) in [
            ("/v1/checkout/sessions?limit=100", 2),
            ("/v1/payment_intents?limit=100", 2),
            ("/v1/refunds?limit=100", 2),
        ] {
            assert_eq!(self.place.at_stripe(path).await.len(), count, "{path}: {told}");
        }
        for (what, sql, count) in [
            (
                "events that are not handled",
                "select 1 from event where status not in ('processed', 'ignored')",
                0,
            ),
            ("bookings", "select 1 from booking where moves_booking_id is null", 1),
            ("moves", "select 1 from booking where place = 'moved'", 1),
            ("claims", "select 1 from booking_claim", 0),
            (
                "payments of a booking",
                "select 1 from effect where kind = 'pay_booking'",
                2,
            ),
            ("refunds asked for", "select 1 from refund_intent", 2),
        ] {
            assert_eq!(self.count(sql).await, count, "{what}: {told}");
        }
    }
}
