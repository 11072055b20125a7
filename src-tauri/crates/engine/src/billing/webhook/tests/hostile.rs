//! Whoever knows the address and not the secret gets nothing in.

use super::{
    super::{News, WebhookError, receive},
    NOW, SECRET, later, secret,
};
use domain::{Secret, Timestamp};
use testkit::stand_in::Stripe;

const BODY: &[u8] =
    br#"{"id":"evt_1","object":"event","type":"product.created","created":1787368440,"data":{"object":{}}}"#;

/// The signature alone, as hex.
fn signature(secret: &str, body: &[u8], at: i64) -> String {
    let header = Stripe::sign(secret, body, at);
    header.split("v1=").nth(1).and_then(|rest| rest.split(',').next()).expect("it is signed").to_owned()
}

fn refused(header: &str) -> Option<WebhookError> {
    receive(&secret(), header, BODY, later(0)).err()
}

#[test]
fn a_signature_is_what_others_compute_too() {
    let known = "a5ba0acec3de363efb1b4caf1ff6bc866bd3cdccd058a74395abf8738b80c263";
    let header = format!("t={NOW},v1={known}");
    let taken = receive(&Secret::new("whsec_test_secret"), &header, br#"{"id":"evt_1"}"#, later(0));
    assert_eq!(taken, Err(WebhookError::NotUnderstood), "the signature is good, and the event is none");
    let taken = receive(&Secret::new("whsec_test_secret\n"), &header, br#"{"id":"evt_1"}"#, later(0));
    assert_eq!(taken, Err(WebhookError::NotUnderstood), "a line end that was kept with the secret does no harm");
}

#[test]
fn what_is_signed_well_is_taken() {
    let event = receive(&secret(), &Stripe::sign(SECRET, BODY, NOW), BODY, later(0)).expect("it is good");
    assert_eq!((event.id.as_str(), event.news), ("evt_1", News::Other), "and says nothing of subscriptions");
    let (good, at) = (signature(SECRET, BODY, NOW), NOW);
    let other = signature("whsec_old", BODY, NOW);
    for header in [
        format!("t={at},v1={other},v1={good}"),
        format!("v1={good},t={at}"),
        format!("t={at}, v1={good}"),
        format!("t={at},v0=x,v1={good},v2=y"),
    ] {
        assert!(receive(&secret(), &header, BODY, later(0)).is_ok(), "one good signature is enough: {header}");
    }
}

#[test]
fn what_is_forged_is_refused() {
    let good = signature(SECRET, BODY, NOW);
    let mut near = good.clone();
    near.replace_range(63..64, if good.ends_with('0') { "1" } else { "0" });
    for forged in [
        signature("whsec_other", BODY, NOW),
        signature("", BODY, NOW),
        signature(SECRET, BODY, NOW - 1),
        signature(SECRET, b"{}", NOW),
        near,
        good[..63].to_owned(),
        format!("{good}0"),
        good.to_uppercase(),
        String::new(),
        "0".repeat(64),
    ] {
        assert_eq!(refused(&format!("t={NOW},v1={forged}")), Some(WebhookError::Forged), "{forged:?} does not fit");
    }
}

#[test]
fn every_byte_of_the_body_is_signed() {
    let header = Stripe::sign(SECRET, BODY, NOW);
    for at in 0..BODY.len() {
        let mut body = BODY.to_vec();
        body[at] ^= 1;
        assert_eq!(receive(&secret(), &header, &body, later(0)), Err(WebhookError::Forged), "byte {at} was changed");
    }
    let longer = [BODY, b" "].concat();
    for body in [longer.as_slice(), &BODY[1..], b""] {
        assert_eq!(receive(&secret(), &header, body, later(0)), Err(WebhookError::Forged), "nor is its length");
    }
}

#[test]
fn what_was_recorded_cannot_be_played_later() {
    let header = Stripe::sign(SECRET, BODY, NOW);
    let at = |by: i64| receive(&secret(), &header, BODY, later(by)).map(|event| event.id);
    let taken = Ok("evt_1".to_owned());
    assert_eq!((at(300), at(301)), (taken.clone(), Err(WebhookError::TooOld)), "five minutes, and no more");
    assert_eq!((at(-300), at(-301)), (taken.clone(), Err(WebhookError::TooEarly)), "nor was it signed ahead");
    assert_eq!((at(10), at(20)), (taken.clone(), taken), "within them its id tells that it was taken already");
    let moved = header.replace(&NOW.to_string(), &(NOW + 1000).to_string());
    let taken = receive(&secret(), &moved, BODY, later(1000));
    assert_eq!(taken, Err(WebhookError::Forged), "the moment is signed as well");
    let far = receive(&secret(), &header, BODY, Timestamp::from_millis(i64::MAX));
    assert_eq!(far, Err(WebhookError::TooOld), "at the end of time too");
    let before = receive(&secret(), &header, BODY, Timestamp::from_millis(i64::MIN));
    assert_eq!(before, Err(WebhookError::TooEarly), "and before it");
}

#[test]
fn a_header_is_what_stripe_sends_or_nothing() {
    let good = signature(SECRET, BODY, NOW);
    let many = |count: usize| (0..count).fold(format!("t={NOW}"), |header, _| header + ",v1=" + &good);
    assert_eq!(refused(&many(16)), None, "some signatures are compared");
    for header in [
        String::new(),
        "t".to_owned(),
        "=".to_owned(),
        good.clone(),
        format!("v1={good}"),
        format!("t={NOW},{good}"),
        format!("t={NOW},t={NOW},v1={good}"),
        format!("t=1,t={NOW},v1={good}"),
        format!("t=,v1={good}"),
        format!("t=+{NOW},v1={good}"),
        format!("t=-{NOW},v1={good}"),
        format!("t={NOW}.0,v1={good}"),
        format!("t=99999999999999999999,v1={good}"),
        format!("T={NOW},v1={good}"),
        many(17),
        many(10_000),
        format!("t={NOW},v1={good},v0={}", "0".repeat(5000)),
    ] {
        let shown = &header[..header.len().min(60)];
        assert_eq!(refused(&header), Some(WebhookError::Malformed), "{shown:?} is refused");
    }
}

#[test]
fn a_signature_of_another_scheme_is_none() {
    let good = signature(SECRET, BODY, NOW);
    for header in [format!("t={NOW},v0={good}"), format!("t={NOW}"), format!("t={NOW},V1={good},v1 ={good},v11={good}")]
    {
        assert_eq!(refused(&header), Some(WebhookError::Unsigned), "{header} has no signature that is trusted");
    }
}

#[test]
fn with_no_secret_nothing_is_good() {
    for nothing in ["", " ", "\n"] {
        let header = Stripe::sign(nothing.trim(), BODY, NOW);
        let taken = receive(&Secret::new(nothing), &header, BODY, later(0));
        assert_eq!(taken, Err(WebhookError::NotConfigured), "everybody can sign with {nothing:?}");
    }
}

#[test]
fn what_is_too_long_is_not_even_hashed() {
    let body = vec![b' '; 1024 * 1024 + 1];
    let taken = receive(&secret(), &Stripe::sign(SECRET, &body, NOW), &body, later(0));
    assert_eq!(taken, Err(WebhookError::TooLong), "no event is as long");
}

#[test]
fn the_secret_is_nowhere_to_be_seen() {
    let header = Stripe::sign("whsec_other", BODY, NOW);
    for error in [
        receive(&secret(), &header, BODY, later(0)),
        receive(&secret(), "canary", BODY, later(0)),
        receive(&secret(), &Stripe::sign(SECRET, BODY, NOW), BODY, later(900)),
        receive(&secret(), &Stripe::sign(SECRET, b"{\"canary\":1}", NOW), b"{\"canary\":1}", later(0)),
    ] {
        let error = error.expect_err("none of them is good");
        let told = format!("{error} {error:?} {} {}", error.code(), error.remedy());
        assert!(!told.contains("canary"), "neither the secret nor the body is told: {told}");
    }
}
