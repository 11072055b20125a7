//! What is changed: customers, pages, and the end of subscriptions.

use super::{Account, StripeError, key, returns};
use domain::BillingAct;
use serde_json::json;

#[tokio::test]
async fn a_customer_is_made_for_a_team() {
    let account = Account::new().await;
    let id = account.client.create_customer("team_1", "Käpt’n & Co = 100%", &key("customer-1")).await.expect("one");
    let customer = account.stripe.customer(&id).expect("it is there");
    assert_eq!(customer["metadata"], json!({ "team": "team_1" }), "the team is found again");
    assert_eq!(customer["name"], "Käpt’n & Co = 100%", "every character of a name arrives");
    let asked = account.stripe.asked().remove(0);
    let header = |name| asked.header(name).unwrap_or_default().to_owned();
    assert_eq!(header("authorization"), format!("Bearer {}", super::KEY), "the key opens the door");
    assert_eq!(header("stripe-version"), "2025-08-27.basil", "the version is pinned");
    assert_eq!(header("idempotency-key"), "customer-1", "the key of the caller is sent");
}

#[tokio::test]
async fn paying_and_looking_after_payments_happen_on_pages_of_stripe() {
    let account = Account::new().await;
    let price = account.stripe.offer("Pro", 2900, "usd");
    let customer = account.client.create_customer("team_1", "Harbour", &key("customer-1")).await.expect("one");
    let page = account.client.checkout(&customer, &price, &returns(), &key("checkout-1")).await.expect("a page");
    assert!(page.starts_with("https://checkout.stripe.com/"), "there one pays: {page}");
    let page = account.client.portal(&customer, &returns().looked_after, &key("portal-1")).await.expect("a page");
    assert!(page.starts_with("https://billing.stripe.com/"), "and there one looks after payments: {page}");
    let sent: Vec<_> =
        account.stripe.asked().iter().map(|asked| asked.header("idempotency-key").map(str::to_owned)).collect();
    assert!(sent.iter().all(Option::is_some), "every POST carries a key: {sent:?}");
}

#[tokio::test]
async fn an_end_can_be_taken_back_until_it_is_there() {
    let account = Account::new().await;
    let (_, _, id) = account.subscribed().await;
    let one = account.client.cancel_at_period_end(&id, &key("cancel-01")).await.expect("it will end");
    assert_eq!((one.subscription.status.as_str(), one.subscription.is_cancelled), ("active", true), "but not yet");
    assert_eq!(one.subscription.ends_at, one.period_to, "with what is paid for");
    let one = account.client.resume(&id, &key("resume-01")).await.expect("it goes on");
    assert!(!one.subscription.is_cancelled, "it does not end");
    let one = account.client.cancel_at_once(&id).await.expect("it ends");
    assert!(one.is_over() && one.subscription.is_cancelled, "at once");
    assert_eq!(account.client.cancel_at_once(&id).await, Ok(one), "what has ended can be ended again");
    let error = account.client.resume(&id, &key("resume-02")).await.expect_err("it is over");
    assert!(matches!(error, StripeError::Refused { status: 400, .. }), "it cannot be taken up: {error:?}");
    let error = account.client.cancel_at_once("sub_of_nobody").await.expect_err("there never was one");
    assert!(matches!(error, StripeError::Refused { status: 404, .. }), "what never was cannot end: {error:?}");
}

#[tokio::test]
async fn what_was_cancelled_on_the_portal_is_taken_up_as_well() {
    let account = Account::new().await;
    let (_, _, id) = account.subscribed().await;
    account.stripe.cancel_on_portal(&id);
    assert!(account.client.subscription(&id).await.expect("one").subscription.is_cancelled, "a date is an end too");
    for _ in 0..2 {
        let one = account.client.resume(&id, &key("resume-01")).await.expect("it goes on");
        assert!(!one.subscription.is_cancelled, "the date is gone, also when it is asked for again with the same key");
    }
}

#[tokio::test]
async fn an_act_is_about_the_subscription_that_goes_on() {
    let account = Account::new().await;
    let price = account.stripe.offer("Pro", 2900, "usd");
    let customer = account.client.create_customer("team_1", "Harbour", &key("customer-1")).await.expect("one");
    let act = async |act: BillingAct, with: &str| account.client.act(&customer, &act, &returns(), &key(with)).await;
    for (at, nothing) in
        [BillingAct::Cancel { at_once: true }, BillingAct::Cancel { at_once: false }, BillingAct::Resume]
            .into_iter()
            .enumerate()
    {
        assert_eq!(act(nothing, &format!("nothing-{at}")).await, Err(StripeError::NoSubscription), "there is none");
    }
    let page = act(BillingAct::Checkout { price }, "act-checkout").await.expect("it is carried out").expect("a page");
    let id = account.stripe.pay(page.rsplit('/').next().expect("the page names its session"));
    assert!(act(BillingAct::Portal, "act-portal").await.expect("it is carried out").is_some(), "a page");
    let status = async || account.client.subscription(&id).await.expect("there is one").subscription;
    assert_eq!(act(BillingAct::Cancel { at_once: false }, "act-cancel").await, Ok(None), "no page is needed");
    assert!(status().await.is_cancelled, "it will end");
    assert_eq!(act(BillingAct::Resume, "act-resume").await, Ok(None), "nor here");
    assert!(!status().await.is_cancelled, "it goes on");
    assert_eq!(act(BillingAct::Cancel { at_once: true }, "act-the-end").await, Ok(None), "nor here");
    assert_eq!(status().await.status, "canceled", "it has ended");
    let over = act(BillingAct::Resume, "act-too-late").await;
    assert_eq!(over, Err(StripeError::NoSubscription), "one that is over does not go on");
}
