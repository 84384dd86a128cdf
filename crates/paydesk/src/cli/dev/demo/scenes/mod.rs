//! What can happen in the demo, each as a person, an application's back end, an operator or a bank would do it: over HTTP.
//! A scene says when it cannot be played yet, and what follows from it later; what the product refuses is no fault of it.
//!
//! What must not live here: when things happen, which is the plot's.

mod bookings;
mod buying;
mod orders;
mod plans;
mod spending;
mod trouble;

use super::caller::Hitch;
use super::play::Play;

/// Something that happens at a moment. People are named by their place in the cast.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Scene {
    /// Whoever gives sessions or delivers work says when they are there, and where they are paid.
    Opening,
    /// The end of a day: what is done by itself now and then.
    Night,
    /// Somebody comes for the first time.
    Arrival {
        buyer: usize,
    },
    /// Somebody uses credits, or buys some.
    Visit {
        buyer: usize,
    },
    /// Somebody has credits bought by themselves from now on.
    TopUp {
        buyer: usize,
    },
    Subscription {
        buyer: usize,
        plan_id: String,
    },
    OtherPlan {
        buyer: usize,
        plan_id: String,
    },
    /// Somebody ends their plan: with what is paid for, or at once.
    EndOfPlan {
        buyer: usize,
        at_once: bool,
    },
    /// Somebody keeps their plan after all.
    PlanAfterAll {
        buyer: usize,
    },
    /// Whoever is to pay next has a card that will be declined; a good one again so many days behind that, or never.
    BadCard {
        repaired_after_days: Option<i64>,
    },
    GoodCard {
        buyer: usize,
    },
    Order {
        buyer: usize,
    },
    /// The next step with an order.
    Work {
        order_id: String,
        step: orders::Step,
    },
    Booking {
        buyer: usize,
    },
    /// What becomes of a booking besides taking place.
    Change {
        buyer: usize,
        booking_id: String,
        change: bookings::Change,
    },
    /// The shop gives a purchase back.
    Refund,
    /// Somebody asks for their money, and so it is decided; not at all where it still waits.
    RefundRequest {
        approve: Option<bool>,
    },
    Decision {
        request_id: String,
        approve: bool,
    },
    /// Somebody takes their money back through the bank, and so the bank decides; not at all where it still waits.
    Dispute {
        won: Option<bool>,
    },
    EndOfDispute {
        dispute_id: String,
        won: bool,
    },
    /// A bank warns of fraud.
    Warning,
}

/// What came of a scene.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Played {
    /// It is done, or there is nothing to do any more.
    Done,
    /// Nobody is there yet to whom it could happen.
    NotYet,
}

/// Plays a scene now.
pub(super) async fn play(play: &mut Play, scene: &Scene) -> Result<Played, Hitch> {
    match scene {
        Scene::Opening => opening(play).await?,
        Scene::Night => play.stage.night().await?,
        Scene::Arrival { buyer } => spending::arrive(play, *buyer).await?,
        Scene::Visit { buyer } => spending::visit(play, *buyer).await?,
        Scene::TopUp { buyer } => spending::set_up_top_up(play, *buyer).await?,
        Scene::Subscription { buyer, plan_id } => plans::subscribe(play, *buyer, plan_id).await?,
        Scene::OtherPlan { buyer, plan_id } => plans::change(play, *buyer, plan_id).await?,
        Scene::EndOfPlan { buyer, at_once } => plans::end(play, *buyer, *at_once).await?,
        Scene::PlanAfterAll { buyer } => plans::keep(play, *buyer).await?,
        Scene::BadCard { repaired_after_days } => return plans::take_bad_card(play, *repaired_after_days).await,
        Scene::GoodCard { buyer } => plans::take_good_card(play, *buyer).await?,
        Scene::Order { buyer } => orders::order(play, *buyer).await?,
        Scene::Work { order_id, step } => orders::work(play, order_id, *step).await?,
        Scene::Booking { buyer } => bookings::book(play, *buyer).await?,
        Scene::Change {
            buyer,
            booking_id,
            change,
        } => bookings::change(play, *buyer, booking_id, *change).await?,
        Scene::Refund => return trouble::refund(play).await,
        Scene::RefundRequest { approve } => return trouble::ask_for_refund(play, *approve).await,
        Scene::Decision { request_id, approve } => trouble::decide(play, request_id, *approve).await?,
        Scene::Dispute { won } => return trouble::dispute(play, *won).await,
        Scene::EndOfDispute { dispute_id, won } => trouble::end_dispute(play, dispute_id, *won).await?,
        Scene::Warning => return trouble::warn(play).await,
    }
    Ok(Played::Done)
}

async fn opening(play: &mut Play) -> Result<(), Hitch> {
    bookings::open(play).await?;
    orders::open(play).await
}
