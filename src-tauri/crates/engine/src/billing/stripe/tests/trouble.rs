//! What Stripe refuses or fails at, and what is asked again.

use super::{Account, KEY, StripeError, client, keeps_quiet, key, quick, returns};
use domain::BreakerAct;
use reliability::retry::RetryPolicy;
use std::time::Duration;
use testkit::stand_in::Trouble;

#[tokio::test]
async fn a_wrong_key_is_said_once() {
    let account = Account::new().await;
    let other = client(&account.served.url(), "sk_test_another_canary", &account.breakers, quick());
    let error = other.plans().await.expect_err("the key is wrong");
    assert_eq!(error, StripeError::KeyRefused { request_id: Some("req_00000001".to_owned()) }, "it is the key");
    assert_eq!(account.requests(), 1, "asking again would not help");
    keeps_quiet(&error);
}

#[tokio::test]
async fn an_answer_that_was_lost_is_had_again_with_the_same_key() {
    let account = Account::new().await;
    let price = account.stripe.offer("Pro", 2900, "usd");
    let customer = account.client.create_customer("team_1", "Harbour", &key("customer-1")).await.expect("one");
    account.stripe.trouble(Trouble::AnswerLost);
    let page = account.client.checkout(&customer, &price, &returns(), &key("checkout-1")).await.expect("a page");
    assert_eq!((account.stripe.counts(), account.requests()), ((1, 1, 0), 3), "asked for twice, made once");
    let again = account.client.checkout(&customer, &price, &returns(), &key("checkout-1")).await;
    assert_eq!((again, account.stripe.counts()), (Ok(page), (1, 1, 0)), "the caller may ask again as well");
    let other = account.client.checkout(&customer, &price, &returns(), &key("checkout-2")).await;
    assert_eq!((other.is_ok(), account.stripe.counts()), (true, (1, 2, 0)), "another key is another page");
}

#[tokio::test]
async fn an_end_whose_answer_was_lost_is_no_error() {
    let account = Account::new().await;
    let (_, _, id) = account.subscribed().await;
    account.stripe.trouble(Trouble::AnswerLost);
    assert!(account.client.cancel_at_once(&id).await.expect("it has ended").is_over(), "it ended the first time");
}

#[tokio::test]
async fn a_key_belongs_to_one_request() {
    let account = Account::new().await;
    account.client.create_customer("team_1", "Harbour", &key("customer-1")).await.expect("one");
    let error = account.client.create_customer("team_2", "Harbour", &key("customer-1")).await.expect_err("not this");
    assert!(
        matches!(&error, StripeError::Refused { status: 400, kind: Some(kind), .. } if kind == "idempotency_error"),
        "Stripe says so: {error:?}"
    );
    assert!(error.remedy().contains("new idempotency key"), "and the remedy fits");
    assert_eq!((account.stripe.counts(), account.requests()), ((1, 0, 0), 2), "nothing was made, nor asked again");
}

#[tokio::test]
async fn what_passes_is_asked_again_and_what_stays_is_not() {
    for (trouble, requests) in [(Trouble::Limited(0), 2), (Trouble::Overloaded, 2), (Trouble::Cut, 2)] {
        let account = Account::new().await;
        account.stripe.trouble(trouble);
        let made = account.client.create_customer("team_1", "Harbour", &key("customer-1")).await;
        assert!(made.is_ok(), "{trouble:?} has passed: {made:?}");
        assert_eq!((account.requests(), account.stripe.counts().0), (requests, 1), "after {trouble:?}, made once");
    }
    let account = Account::new().await;
    account.stripe.trouble(Trouble::Limited(3600));
    let error = account.client.plans().await.expect_err("an hour is too long");
    let wait = Some(Duration::from_hours(1));
    assert_eq!((error.code(), error.retry_after()), ("stripe_limited", wait), "the caller hears for how long");
    assert_eq!(account.requests(), 1, "nobody waits an hour in a call");
}

#[tokio::test]
async fn a_failure_that_stripe_remembers_is_told_as_one() {
    let account = Account::new().await;
    account.stripe.trouble(Trouble::Broken);
    let error = account.client.create_customer("team_1", "Harbour", &key("customer-1")).await.expect_err("it failed");
    assert!(
        matches!(error, StripeError::Failed { status: 500, request_id: Some(_) }),
        "it may have been done: {error:?}"
    );
    assert_eq!(account.requests(), 4, "the same key has the same answer, however often it is asked for");
    keeps_quiet(&error);
}

#[tokio::test]
async fn a_declined_card_is_told_without_the_card() {
    let account = Account::new().await;
    account.stripe.trouble(Trouble::CardDeclined);
    let error = account.client.create_customer("team_1", "Harbour", &key("customer-1")).await.expect_err("declined");
    let StripeError::Refused { status, kind, code, .. } = &error else { panic!("not {error:?}") };
    assert_eq!(
        (*status, kind.as_deref(), code.as_deref()),
        (402, Some("card_error"), Some("card_declined")),
        "what it is"
    );
    assert!(error.remedy().contains("means of payment"), "and what to do");
    assert_eq!(account.requests(), 1, "a card is not tried again by itself");
    keeps_quiet(&error);
}

#[tokio::test]
async fn without_a_retry_every_call_goes_out_once() {
    for trouble in [Trouble::Limited(0), Trouble::Overloaded, Trouble::Broken, Trouble::Cut, Trouble::AnswerLost] {
        let account = Account::new().await;
        let once = RetryPolicy { retries: 0, ..quick() };
        let client = client(&account.served.url(), KEY, &account.breakers, once);
        account.stripe.trouble(trouble);
        let error = client.create_customer("team_1", "Harbour", &key("customer-1")).await.expect_err("it failed");
        assert_eq!(account.requests(), 1, "{trouble:?} is no reason to send it twice");
        keeps_quiet(&error);
    }
}

#[tokio::test]
async fn a_breaker_stands_round_it() {
    let account = Account::new().await;
    for number in 0..5 {
        account.stripe.trouble(Trouble::Broken);
        let once = RetryPolicy { retries: 0, ..quick() };
        let client = client(&account.served.url(), KEY, &account.breakers, once);
        client.create_customer("team_1", "Harbour", &key(&format!("customer-{number}"))).await.expect_err("it failed");
    }
    let error = account.client.plans().await.expect_err("it rests");
    assert!(matches!(error, StripeError::Resting { retry_after: Some(_) }), "and says for how long: {error:?}");
    assert_eq!(account.requests(), 5, "nothing more was sent");
    let shown = account.breakers.list().into_iter().find(|one| one.id == "stripe").expect("it is in the list");
    assert_eq!((shown.failures, shown.protects.as_str()), (5, "The API of Stripe"), "where it can be reset");
    account.breakers.act("stripe", BreakerAct::Reset, "tester", "it is well again").expect("it is known");
    assert!(account.client.plans().await.is_ok(), "then it is asked again");
}
