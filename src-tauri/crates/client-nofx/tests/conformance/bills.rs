//! Billing: what is offered, subscribed to and used, and the pages on which a person goes on.

use crate::{context, scene, stand_in};
use client_nofx::Dialect;
use control_plane::{ControlPlane, Error};
use domain::{BillingAct, UsageLimit};
use serde_json::json;

#[tokio::test]
async fn what_is_offered_and_used_is_told() {
    let scene = scene(stand_in(Dialect::Express), Some("nofx_good")).await;
    let (plane, context) = (&scene.plane, context());
    let before = plane.billing(&context, None).await.expect("bills");
    assert_eq!((before.plans.len(), before.tier.as_deref()), (0, Some("free")), "nothing is offered as published");
    assert_eq!(before.subscription, None, "and nothing subscribed to");
    assert!(before.usage.iter().all(|line| line.used == 0.0), "nor used: {:?}", before.usage);
    assert_eq!(before.period_from.map(|at| at.to_string()).as_deref(), Some("2026-11-01T00:00:00.000Z"), "this month");

    scene.stand_in.offer_plans();
    scene.stand_in.subscribe("alice@example.test", "price_pro");
    let after = plane.billing(&context, None).await.expect("bills");
    let offered: Vec<_> =
        after.plans.iter().map(|plan| (plan.name.as_str(), plan.price.as_str(), plan.amount)).collect();
    let expected = [("Starter", "price_starter", Some(2900)), ("Pro", "price_pro", Some(9900))];
    assert_eq!(offered, expected, "amounts come as texts and are numbers");
    assert_eq!(after.plans[0].interval.as_deref(), Some("month"), "how often it is charged");
    let subscription = after.subscription.expect("a subscription");
    assert_eq!((subscription.status.as_str(), subscription.is_cancelled), ("active", false), "it is good");
    let limit = |metric: &str| after.usage.iter().find(|line| line.metric == metric).map(|line| line.limit);
    assert_eq!(limit("api_calls"), Some(UsageLimit::AtMost { amount: 10_000.0 }), "a text is a number here, too");
    assert_eq!(limit("compute_minutes"), Some(UsageLimit::Unlimited), "and -1 is no limit");
}

#[tokio::test]
async fn a_subscription_is_paid_for_cancelled_and_resumed() {
    let scene = scene(stand_in(Dialect::Express), Some("nofx_good")).await;
    let (plane, context) = (&scene.plane, context());
    let act = async |act: BillingAct| plane.act_on_billing(&context, None, &act).await;
    let checkout = || BillingAct::Checkout { price: "price_pro".to_owned() };
    for nothing in [BillingAct::Portal, BillingAct::Cancel { at_once: false }, BillingAct::Resume] {
        let error = act(nothing.clone()).await.expect_err("nothing is subscribed to");
        assert!(matches!(error, Error::NotFound { .. }), "{nothing:?}: {error:?}");
    }
    let page = act(checkout()).await.expect("a page");
    assert_eq!(page.as_deref(), Some("https://pay.example.test/checkout/cs_1"), "on which it is paid for");
    let sent = scene.stand_in.last("POST", "/billing/checkout").and_then(|sent| sent.json());
    assert_eq!(sent, Some(json!({ "priceId": "price_pro" })), "by its price");
    scene.stand_in.subscribe("alice@example.test", "price_pro");
    assert!(act(BillingAct::Portal).await.expect("a page").is_some(), "and looked after");
    let is_cancelled = async || {
        let billing = plane.billing(&context, None).await.expect("bills");
        billing.subscription.map(|subscription| subscription.is_cancelled)
    };
    assert_eq!(act(BillingAct::Cancel { at_once: false }).await, Ok(None), "it is cancelled without a page");
    assert_eq!(is_cancelled().await, Some(true), "for the end of the period");
    assert_eq!(act(BillingAct::Resume).await, Ok(None), "and taken up again");
    assert_eq!(is_cancelled().await, Some(false), "as before");
    assert_eq!(act(BillingAct::Cancel { at_once: true }).await, Ok(None), "or cancelled at once");
    assert_eq!(is_cancelled().await, None, "and gone");
    let error = act(BillingAct::Checkout { price: " ".to_owned() }).await.expect_err("a price is named");
    let Error::Invalid { faults, .. } = error else { panic!("a fault of the input: {error:?}") };
    assert_eq!(faults[0].path, "price", "which is judged here");
}

#[tokio::test]
async fn only_a_safe_page_is_passed_on() {
    let scene = scene(stand_in(Dialect::Express), Some("nofx_good")).await;
    let pay = async || {
        let act = BillingAct::Checkout { price: "price_pro".to_owned() };
        scene.plane.act_on_billing(&context(), None, &act).await
    };
    for good in ["https://pay.example.test/x", "http://127.0.0.1:4000/pay", "http://localhost/pay"] {
        scene.stand_in.send_payers_to(good);
        assert_eq!(pay().await, Ok(Some(good.to_owned())), "{good} is safe");
    }
    for bad in
        ["http://pay.example.test/x", "javascript:alert(1)", "file:///etc/passwd", "https://a@b.test/", "/pay", ""]
    {
        scene.stand_in.send_payers_to(bad);
        let error = pay().await.expect_err("this is no page to open");
        let Error::Incompatible { detail } = &error else { panic!("{bad} is not safe: {error:?}") };
        assert!(bad.is_empty() || !detail.contains(bad), "and it is not repeated: {detail}");
    }
}
