//! What is read: plans, subscriptions, and the picture that both make.

use super::{Account, StripeError, keeps_quiet, key, returns};
use crate::billing::Subscribed;
use domain::BillingPlan;

#[tokio::test]
async fn plans_are_the_prices_that_can_be_subscribed_to() {
    let account = Account::new().await;
    let pro = account.stripe.offer("Pro", 2900, "usd");
    let old = account.stripe.offer("Old", 100, "usd");
    let yen = account.stripe.offer("Team", 5000, "jpy");
    account.stripe.withdraw(&old);
    let plan = |price: String, name: &str, amount, currency: &str| BillingPlan {
        price,
        name: name.to_owned(),
        amount: Some(amount),
        currency: Some(currency.to_owned()),
        interval: Some("month".to_owned()),
    };
    let wanted = vec![plan(yen, "Team", 500_000, "jpy"), plan(pro, "Pro", 2900, "usd")];
    assert_eq!(account.client.plans().await, Ok(wanted), "with the names of their products, in hundredths");
}

#[tokio::test]
async fn a_long_list_is_read_page_by_page_up_to_a_bound() {
    let account = Account::new().await;
    for number in 0..230 {
        account.stripe.offer(&format!("Plan {number}"), 100, "usd");
    }
    let mut prices: Vec<_> = account.client.plans().await.expect("plans").into_iter().map(|plan| plan.price).collect();
    prices.dedup();
    assert_eq!((prices.len(), account.requests()), (230, 3), "each plan once, in three pages");
    for number in 0..900 {
        account.stripe.offer(&format!("More {number}"), 100, "usd");
    }
    let plans = account.client.plans().await.expect("plans");
    assert_eq!((plans.len(), account.requests()), (1000, 13), "no more than ten pages");
}

#[tokio::test]
async fn a_subscription_is_told_as_it_stands() {
    let account = Account::new().await;
    let (customer, price, id) = account.subscribed().await;
    let one = account.client.subscription(&id).await.expect("there is one");
    assert_eq!((&one.customer, one.price.as_ref()), (&customer, Some(&price)), "whose it is, and what for");
    assert_eq!(one.subscription.status, "active", "in the words of Stripe");
    assert_eq!(one.period_from, Some(one.made_at), "the first period begins with it");
    assert_eq!((one.subscription.ends_at, one.subscription.is_cancelled), (one.period_to, false), "it goes on");
    assert_eq!(account.client.subscriptions(&customer).await, Ok(vec![one]), "the list says the same");
    account.client.cancel_at_once(&id).await.expect("it ends");
    let all = account.client.subscriptions(&customer).await.expect("there was one");
    assert!(all.iter().all(Subscribed::is_over) && all.len() == 1, "what is over is told too: {all:?}");
    assert_eq!(account.client.subscriptions("cus_of_nobody").await, Ok(Vec::new()), "and of others nothing");
}

#[tokio::test]
async fn the_picture_names_the_plan_while_it_goes_on() {
    let account = Account::new().await;
    let (customer, _, id) = account.subscribed().await;
    let billing = account.client.billing(Some(&customer)).await.expect("a picture");
    assert_eq!((billing.tier.as_deref(), billing.plans.len()), (Some("Pro"), 1), "the name of the plan is the tier");
    assert!(billing.period_from < billing.period_to && billing.subscription.is_some(), "with its period");
    account.stripe.fail_payment(&id);
    let billing = account.client.billing(Some(&customer)).await.expect("a picture");
    assert_eq!(billing.subscription.map(|one| one.status).as_deref(), Some("past_due"), "how it stands is told");
    account.client.cancel_at_once(&id).await.expect("it ends");
    let billing = account.client.billing(Some(&customer)).await.expect("a picture");
    assert_eq!(billing.tier, None, "what is over is no tier");
    let billing = account.client.billing(None).await.expect("a picture");
    assert_eq!((billing.subscription, billing.plans.len()), (None, 1), "whoever is no customer sees the plans");
}

#[tokio::test]
async fn what_is_not_there_is_named_by_the_words_of_stripe() {
    let account = Account::new().await;
    let error = account.client.subscription("sub_of_nobody").await.expect_err("there is none");
    let StripeError::Refused { status, kind, code, param, request_id } = &error else { panic!("not {error:?}") };
    assert_eq!((*status, kind.as_deref()), (404, Some("invalid_request_error")), "its type");
    assert_eq!((code.as_deref(), param.as_deref()), (Some("resource_missing"), Some("id")), "its code and parameter");
    assert_eq!(request_id.as_deref(), Some("req_00000001"), "and the id under which Stripe finds it");
    let error = account.client.checkout("cus_1", "price_1", &returns(), &key("checkout-1")).await.expect_err("neither");
    assert_eq!(error.code(), "stripe_refused", "a parameter may be about nothing too");
    keeps_quiet(&error);
}

#[tokio::test]
async fn an_id_cannot_lead_elsewhere() {
    let account = Account::new().await;
    for bad in ["", "..", ".", "a/b", "sub_1?expand=x", "sub 1", "sub_\u{e9}", &"x".repeat(256)] {
        let error = account.client.subscription(bad).await.expect_err("it is no id");
        assert!(matches!(error, StripeError::Invalid { field: "subscription", .. }), "{bad:?} gives {error:?}");
    }
    assert_eq!(account.requests(), 0, "nothing was sent");
}
