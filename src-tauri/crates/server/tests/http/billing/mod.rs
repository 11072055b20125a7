//! Billing over HTTP: a team pays, Stripe tells of it, and nobody else can.

mod shop;
mod turns;

use crate::plane::{Plane, Said, operator};
use domain::{BillingAct, NewApiKey, Permission, TeamAct};
use engine::{Act, accounts::HOME};
use serde_json::{Value, json};
use server::TierPolicies;
use shop::{KEY, SIGNING, Shop, WEBHOOK, bill, customer, event, seconds, session};
use std::collections::BTreeSet;
use testkit::stand_in::{Stripe, Trouble};

#[tokio::test(flavor = "multi_thread")]
async fn a_team_subscribes_cancels_and_goes_on() {
    let shop = Shop::open().await;
    let bill = shop.bill().await;
    assert_eq!(bill["plans"][0]["name"], "Pro", "what can be subscribed to is told: {bill}");
    assert_eq!((&bill["subscription"], &bill["tier"]), (&Value::Null, &Value::Null), "nothing is subscribed to");
    shop.act("portal", &json!({})).await.assert_refused(409, "stripe_no_subscription", "there is no customer");

    let first = shop.checkout().await;
    assert_eq!(session(&shop.checkout().await), session(&first), "the same page, so that nobody pays twice");
    shop.subscribed().await;
    let bill = shop.bill().await;
    assert_eq!(bill["subscription"]["status"], "active", "Stripe told of it: {bill}");
    assert_eq!(bill["tier"], "Pro", "by the name of its plan");
    shop.checkout().await.assert_refused(409, "already_subscribed", "one subscription goes on");

    let portal = shop.act("portal", &json!({ "reason": "another card" })).await;
    let page = portal.json["data"]["page"].as_str().unwrap_or_default();
    assert!(page.starts_with("https://billing.stripe.com/"), "a page of Stripe: {}", portal.text);

    let cancelled = shop.act("cancel", &json!({})).await;
    assert_eq!((cancelled.status, &cancelled.json["data"]["page"]), (200, &Value::Null), "no page: {}", cancelled.text);
    assert_eq!(shop.bill().await["subscription"]["is_cancelled"], true, "it is known at once");
    assert_eq!(shop.act("resume", &json!({})).await.status, 200, "that is taken back");
    assert_eq!(shop.bill().await["subscription"]["is_cancelled"], false, "and known at once");
    assert_eq!(shop.act("cancel", &json!({ "at_once": true })).await.status, 200, "it ends now");
    let bill = shop.bill().await;
    assert_eq!((&bill["subscription"]["status"], &bill["tier"]), (&json!("canceled"), &Value::Null), "it is over");
    assert_ne!(session(&shop.checkout().await), session(&first), "a new one can follow, on a page of its own");

    let acts: BTreeSet<_> = shop.acts().await.into_iter().collect();
    for act in ["customer", "checkout", "told", "portal", "cancel", "resume"] {
        assert!(acts.contains(&format!("billing.{act}")), "{act} is in the audit: {acts:?}");
    }
    assert!(shop.plane.engine.verify_audit(None).await.expect("the audit is read").whole, "whose chain is whole");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stripe_did_not_sign_changes_nothing_and_is_recorded() {
    let shop = Shop::open().await;
    let subscription = shop.subscribed().await;
    let before = shop.bill().await["subscription"].clone();
    shop.stripe.cancel_on_portal(&subscription);
    let customer = customer(&shop);
    let body = event("evt_forged", &customer, seconds()).to_string();
    let good = |secret: &str, at: i64| Stripe::sign(secret, body.as_bytes(), at);
    for (signature, code) in [
        (good("whsec_of_somebody_else", seconds()), "webhook_forged"),
        (good(SIGNING, seconds() - 3_600), "webhook_too_old"),
        (good(SIGNING, seconds() + 3_600), "webhook_too_early"),
        ("nonsense".to_owned(), "webhook_malformed"),
        (format!("t={}", seconds()), "webhook_unsigned"),
    ] {
        shop.post(&body, &signature).await.assert_refused(401, code, "it is not from Stripe");
    }
    let altered = body.replace("evt_forged", "evt_altered");
    let signature = good(SIGNING, seconds());
    shop.post(&altered, &signature).await.assert_refused(401, "webhook_forged", "another body");
    let bare = shop.plane.bare("POST", WEBHOOK).body(body.clone());
    Said::of(bare).await.assert_refused(422, "invalid", "no signature at all");
    let long = "x".repeat(1024 * 1024 + 1);
    shop.post(&long, &signature).await.assert_refused(413, "body_too_large", "longer than any event");
    let nonsense = "no event";
    let signed = Stripe::sign(SIGNING, nonsense.as_bytes(), seconds());
    shop.post(nonsense, &signed).await.assert_refused(422, "invalid", "signed, but no event");
    assert_eq!(shop.bill().await["subscription"], before, "nothing of that was believed");

    let told = ["webhook_forged", "webhook_too_old", "webhook_too_early", "webhook_malformed", "webhook_unsigned"];
    shop.refused("hear_from_stripe", &told).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_counts_once_and_never_over_a_newer_one() {
    let shop = Shop::open().await;
    let subscription = shop.subscribed().await;
    let (customer, now) = (customer(&shop), seconds());
    shop.stripe.cancel_on_portal(&subscription);
    let old = shop.tell(&event("evt_old", &customer, now - 3_600)).await;
    assert_eq!((old.status, &old.json["data"]["changed"]), (200, &json!(false)), "it is late: {}", old.text);
    assert_eq!(shop.bill().await["subscription"]["is_cancelled"], false, "so it tells nothing");
    let stranger = shop.tell(&event("evt_other", "cus_of_somebody", now + 60)).await;
    assert_eq!((stranger.status, &stranger.json["data"]["changed"]), (200, &json!(false)), "nobody of ours");

    let new = event("evt_new", &customer, now + 60);
    assert_eq!(shop.tell(&new).await.json["data"]["changed"], true, "it is news");
    assert_eq!(shop.bill().await["subscription"]["is_cancelled"], true, "what Stripe answers then is kept");
    let told = shop.acts().await.iter().filter(|act| *act == "billing.told").count();
    assert_eq!(shop.act("resume", &json!({})).await.status, 200, "somebody goes on");
    shop.stripe.cancel_on_portal(&subscription);
    assert_eq!(shop.tell(&new).await.json["data"]["changed"], false, "the same event again is none");
    assert_eq!(shop.bill().await["subscription"]["is_cancelled"], false, "and changes nothing");
    let again = shop.acts().await.iter().filter(|act| *act == "billing.told").count();
    assert_eq!(again, told, "nor is it recorded a second time");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_checkouts_at_once_make_one_customer() {
    let shop = Shop::open().await;
    let pages: BTreeSet<_> =
        futures::future::join_all((0..20).map(|_| shop.checkout())).await.iter().map(session).collect();
    let (customers, sessions, _) = shop.stripe.counts();
    assert_eq!((customers, sessions, pages.len()), (1, 1, 1), "one customer, one page");
    let made = shop.acts().await.iter().filter(|act| *act == "billing.customer").count();
    assert_eq!(made, 1, "and one entry in the audit");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_usage_is_told_and_acts_are_refused() {
    let plane = Plane::start().await;
    let run = plane.run(&crate::plane::good()).await;
    plane.engine_ended(&run).await;
    let told = bill(&plane).await;
    assert_eq!(told.status, 200, "it is told: {}", told.text);
    assert_eq!(told.json["data"]["trouble"], "billing_not_configured", "with what is missing");
    assert_eq!(told.json["data"]["usage"]["runs_started"], 1, "what was used is known");
    for (act, body) in [
        ("checkout", json!({ "price": "price_1" })),
        ("portal", json!({})),
        ("cancel", json!({})),
        ("resume", json!({})),
    ] {
        let refused = plane.post(&format!("/api/v1/teams/{HOME}/billing/{act}"), &body).await;
        refused.assert_refused(409, "billing_not_configured", act);
        assert!(refused.text.contains("plane.toml"), "{act}: it says what to do: {}", refused.text);
    }
    let event = plane.bare("POST", WEBHOOK).header("stripe-signature", "t=1,v1=00").body("{}");
    Said::of(event).await.assert_refused(409, "billing_not_configured", "an event");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bill_of_another_team_is_not_there_and_readers_only_read() {
    let shop = Shop::open().await;
    let create = TeamAct::Create { name: "Other".to_owned(), billing_email: None };
    shop.plane.engine.act_on_team(&create, None, &operator()).await.expect("a team");
    let teams = shop.plane.engine.teams(&operator().caller).await.expect("teams");
    let other = teams.into_iter().find(|team| team.name == "Other").expect("the team").id;
    let keyed = async |name: &str, permissions: &[Permission]| {
        let (name, permissions) = (name.to_owned(), permissions.to_vec());
        let new = NewApiKey { name, team: Some(other.clone()), permissions, expires_at: None };
        let made = shop.plane.engine.create_api_key(&new, None, &operator()).await.expect("a key");
        made.secret.expose().to_owned()
    };
    let (admin, reader) = (keyed("admin", Permission::ALL).await, keyed("reader", &[Permission::Read]).await);
    let ask = |method: &str, team: &str, what: &str, token: &str| {
        let path = format!("/api/v1/teams/{team}/billing{what}");
        Said::of(shop.plane.bare(method, &path).bearer_auth(token).json(&json!({ "price": shop.price })))
    };
    ask("GET", HOME, "", &admin).await.assert_refused(404, "not_found", "the bill of another team");
    ask("POST", HOME, "/checkout", &admin).await.assert_refused(404, "not_found", "paying for another team");
    assert_eq!(ask("GET", &other, "", &reader).await.status, 200, "a reader reads");
    ask("POST", &other, "/checkout", &reader).await.assert_refused(403, "forbidden", "but does not pay");
    assert_eq!(ask("POST", &other, "/checkout", &admin).await.status, 200, "an administrator pays");

    // The engine judges by itself, whoever stands at the door.
    let directly = async |token: &str, team: &str| {
        let caller = shop.plane.engine.caller(token).await.expect("it can be asked").expect("a key");
        let act = Act { caller, ..operator() };
        shop.plane.engine.act_on_billing(&team.into(), &BillingAct::Portal, None, &act).await
    };
    let elsewhere = directly(&admin, HOME).await;
    assert!(matches!(elsewhere, Err(engine::Error::NotFound { .. })), "another team: {elsewhere:?}");
    let reading = directly(&reader, &other).await;
    assert!(matches!(reading, Err(engine::Error::Forbidden { .. })), "a reader: {reading:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_stripe_is_away_everything_else_is_told_and_nothing_is_lost() {
    let shop = Shop::open().await;
    shop.subscribed().await;
    let customer = customer(&shop);
    for _ in 0..100 {
        shop.stripe.trouble(Trouble::Cut);
    }
    let bill = shop.bill().await;
    let trouble = bill["trouble"].as_str().unwrap_or_default();
    assert!(trouble.starts_with("stripe_"), "it is said why there are no plans: {bill}");
    assert_eq!(bill["subscription"]["status"], "active", "what was told last is known");
    assert_eq!(shop.tell(&event("evt_later", &customer, seconds())).await.status, 503, "Stripe is to tell it again");
    let cancelled = shop.act("cancel", &json!({ "reason": "too dear" })).await;
    assert_eq!(cancelled.status, 503, "whether it was done is not known: {}", cancelled.text);
    let audit = shop.plane.get(&format!("/api/v1/audit?team={HOME}")).await;
    let newest = &audit.json["data"]["items"][0];
    assert_eq!((&newest["act"], &newest["reason"]), (&json!("billing.cancel"), &json!("too dear")), "it was tried");
    let unanswered = newest["after"]["unanswered"].as_str().unwrap_or_default();
    assert!(unanswered.starts_with("stripe_"), "and not answered: {newest}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_that_goes_on_paying_is_not_deleted() {
    let shop = Shop::open().await;
    let create = TeamAct::Create { name: "Other".to_owned(), billing_email: None };
    shop.plane.engine.act_on_team(&create, None, &operator()).await.expect("a team");
    let teams = shop.plane.engine.teams(&operator().caller).await.expect("teams");
    let team = teams.into_iter().find(|team| team.name == "Other").expect("the team").id;
    let path = |act: &str| format!("/api/v1/teams/{team}/billing/{act}");
    let opened = shop.plane.post(&path("checkout"), &json!({ "price": shop.price })).await;
    shop.stripe.pay(&session(&opened));
    shop.stripe.tell(&shop.plane.url(WEBHOOK), SIGNING).await;
    let delete = async || {
        let delete = TeamAct::Delete { team: team.clone() };
        shop.plane.engine.act_on_team(&delete, None, &operator()).await
    };
    let refused = delete().await.expect_err("it would be charged for ever");
    assert!(matches!(refused, engine::Error::Conflict { code: "team_is_subscribed", .. }), "it says why: {refused:?}");
    let ended = shop.plane.post(&path("cancel"), &json!({ "at_once": true })).await;
    assert_eq!(ended.status, 200, "the subscription ends: {}", ended.text);
    delete().await.expect("then the team can go");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secrets_of_billing_are_shown_nowhere() {
    let shop = Shop::open().await;
    shop.subscribed().await;
    let mut shown = format!("{:?}", shop.plane.engine);
    for said in [
        bill(&shop.plane).await,
        shop.act("portal", &json!({})).await,
        shop.act("checkout", &json!({ "price": "price_that_never_was" })).await,
        shop.post("{}", &Stripe::sign("whsec_of_somebody_else", b"{}", seconds())).await,
        shop.plane.get("/api/v1/audit?limit=1000").await,
        shop.plane.get("/api/v1/breakers").await,
        shop.plane.get("/metrics").await,
    ] {
        shown.push_str(&said.text);
    }
    shop.stripe.trouble(Trouble::Broken);
    shown.push_str(&bill(&shop.plane).await.text);
    for entry in std::fs::read_dir(shop.plane.dir.path()).expect("the folder is read") {
        let path = entry.expect("an entry").path();
        shown.push_str(&String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()));
    }
    assert!(shown.contains("subscribers"), "the database was looked at");
    for secret in [KEY, SIGNING, "canary"] {
        assert!(!shown.contains(secret), "{secret} is shown");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_limited_by_address_beside_everything_else() {
    let shop = Shop::limited(TierPolicies::default().webhooks.limit).await;
    let mut limited = None;
    for _ in 0..200 {
        let said = shop.post("{}", "nonsense").await;
        if said.status == 429 {
            limited = Some(said);
            break;
        }
        assert_eq!(said.status, 401, "refused for its signature: {}", said.text);
    }
    let limited = limited.expect("more than ten in a second are too many");
    assert_eq!(limited.header("ratelimit-limit"), "10", "ten a second");
    let other = Said::of(shop.plane.bare("GET", "/health/live")).await;
    assert_eq!(other.status, 200, "what else that address asks for counts elsewhere");
}
