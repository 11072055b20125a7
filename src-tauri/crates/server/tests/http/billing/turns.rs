//! What happens at once, and what is refused: the last answer of Stripe stays, and every refusal is in the audit.

use super::shop::{Shop, customer, event, seconds};
use serde_json::json;
use std::{sync::Arc, time::Duration};

/// Time enough for an act that does not wait for its turn to be done.
const HEAD_START: Duration = Duration::from_millis(500);

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_came_earlier_is_not_kept_over_one_that_came_later() {
    let shop = Arc::new(Shop::open().await);
    shop.subscribed().await;
    let customer = customer(&shop);
    shop.door.hold();
    let of = Arc::clone(&shop);
    let hearing = tokio::spawn(async move { of.tell(&event("evt_before", &customer, seconds() + 60)).await });
    shop.door.held().await;
    let of = Arc::clone(&shop);
    let mut cancelling = tokio::spawn(async move { of.act("cancel", &json!({})).await });
    let early = tokio::time::timeout(HEAD_START, &mut cancelling).await;
    shop.door.release();
    assert_eq!(hearing.await.expect("it is answered").status, 200, "the event is taken");
    let cancelled = match early {
        Ok(cancelled) => cancelled,
        Err(_) => cancelling.await,
    };
    assert_eq!(cancelled.expect("it is answered").status, 200, "the act is done");
    assert_eq!(shop.bill().await["subscription"]["is_cancelled"], true, "what Stripe said last is what is known");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_that_is_refused_is_in_the_audit() {
    let shop = Shop::open().await;
    for act in ["portal", "cancel", "resume"] {
        shop.act(act, &json!({})).await.assert_refused(409, "stripe_no_subscription", act);
    }
    shop.subscribed().await;
    shop.checkout().await.assert_refused(409, "already_subscribed", "a second subscription");
    for (operation, code) in [
        ("open_checkout", "already_subscribed"),
        ("open_billing_portal", "stripe_no_subscription"),
        ("cancel_subscription", "stripe_no_subscription"),
        ("resume_subscription", "stripe_no_subscription"),
    ] {
        shop.refused(operation, &[code]).await;
    }
}
