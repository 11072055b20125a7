//! Settings as an operator writes them: good ones, and every way in which they can be wrong.

mod bypass;
mod faults;
mod house;
mod secrets;

use self::house::{GOOD, House};
use super::Asked;
use server::Reach;

const CANARY: &str = "canary-4f1d-hunter2";

#[tokio::test]
async fn without_a_file_everything_is_as_usual() {
    let settings = House::new().judge("").await.expect("nothing is needed");
    assert_eq!(settings.listen.address, None, "the socket is enough");
    assert_eq!((settings.limits.max_streams, settings.limits.max_connections), (64, 512), "as the server has it");
    assert_eq!(settings.limits.body_limit, 1024 * 1024, "1 MiB");
    assert_eq!(settings.teams.max_runs_in_flight, 1_000, "the usual bound of a team");
    assert_eq!((settings.teams.max_members, settings.teams.invitation_days), (200, 7), "and the others");
    assert!(settings.oidc.is_none() && settings.stripe.is_none(), "nobody else is asked anything");
}

#[tokio::test]
async fn every_setting_arrives() {
    let settings = House::new().judge(GOOD).await.expect("all of it is good");
    assert_eq!(settings.listen.address, "0.0.0.0:7420".parse().ok(), "where");
    assert_eq!(settings.listen.reach, Reach::Network, "whoever wrote the address down meant it");
    assert_eq!(settings.listen.hosts, ["plane.example.org", "10.0.0.7"], "by which names");
    assert!(settings.listen.identity.is_some(), "by TLS");
    assert_eq!(settings.listen.trusted_proxies, 2, "behind whom");
    let limits = settings.limits;
    assert_eq!((limits.max_streams, limits.max_connections, limits.body_limit), (128, 1_024, 4_096), "how much");
    let oidc = settings.oidc.expect("it is set up");
    assert_eq!((oidc.issuer.as_str(), oidc.client_id.as_str()), ("https://id.example.org", "breakwater"), "who");
    assert_eq!((oidc.client_secret.expose(), oidc.label.as_str()), (CANARY, "Example staff"), "and how it is called");
    let stripe = settings.stripe.expect("it is set up");
    assert_eq!((stripe.secret_key.expose(), stripe.webhook_secret.expose()), (CANARY, CANARY), "from where it is kept");
    assert_eq!(stripe.base_url, "https://stripe.example.org", "where");
    assert_eq!(stripe.success_url, "https://app.example.org/paid?session={CHECKOUT_SESSION_ID}", "with its blank");
    assert_eq!(stripe.cancel_url, "https://app.example.org/plans", "and back");
    let teams = settings.teams;
    assert_eq!((teams.max_runs_in_flight, teams.max_members, teams.invitation_days), (7, 8, 9), "what teams may have");
}

#[tokio::test]
async fn the_command_line_wins_and_is_judged_too() {
    let mut house = House::new();
    let here = "127.0.0.1:0".parse().ok();
    house.asked = Some(Asked { listen: here, allow_network: false });
    let settings = house.judge(GOOD).await.expect("all of it is good");
    assert_eq!((settings.listen.address, settings.listen.reach), (here, Reach::Loopback), "it replaces the address");

    let everywhere = |allow_network| Some(Asked { listen: "[::]:0".parse().ok(), allow_network });
    house.asked = everywhere(false);
    let both = ["--listen: loopback", "--listen: encrypted"];
    assert_eq!(house.rules("").await, both, "not asked for, and in clear text");
    assert_eq!(house.rules(GOOD).await, ["--listen: loopback"], "TLS alone does not open it");
    house.asked = everywhere(true);
    assert_eq!(house.rules("").await, ["--listen: encrypted"], "asking alone does not protect it");
    assert!(house.judge("listen.trusted_proxies = 1").await.is_ok(), "a proxy in front does");
    assert!(house.judge(GOOD).await.is_ok(), "and so does TLS");
}

#[tokio::test]
async fn what_other_machines_reach_is_protected() {
    let house = House::new();
    let at = |address: &str, more: &str| format!("[listen]\naddress = \"{address}\"\n{more}");
    for reached in ["0.0.0.0:1", "[::]:1", "10.0.0.7:1", "[::ffff:127.0.0.1]:1", "255.255.255.255:1"] {
        assert_eq!(house.rules(&at(reached, "")).await, ["listen.address: encrypted"], "{reached}");
        let none = house.rules(&at(reached, "trusted_proxies = 0")).await;
        assert_eq!(none, ["listen.address: encrypted"], "{reached}: no proxy is no proxy");
        assert!(house.judge(&at(reached, "trusted_proxies = 1")).await.is_ok(), "{reached}: behind a proxy");
    }
    for here in ["127.0.0.1:1", "127.9.9.9:1", "[::1]:0"] {
        assert!(house.judge(&at(here, "")).await.is_ok(), "{here} is this machine");
    }
}

#[tokio::test]
async fn only_who_listens_looks_at_the_certificate() {
    let mut house = House::new();
    let text = "[listen]\ntls_certificate = \"expired.pem\"\ntls_key = \"expired.key\"\naddress = \"0.0.0.0:1\"";
    assert_eq!(house.rules(text).await, ["listen.tls_certificate: expired"], "nobody could be served");
    house.asked = None;
    let settings = house.judge(text).await.expect("the window of an operator opens");
    assert_eq!(settings.listen.address, None, "and listens nowhere");
    assert_eq!(settings.listen.reach, Reach::Loopback, "least of all for others");
}
