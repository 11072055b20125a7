//! Settings are refused with every fault at once, before anything is sent.

use super::fixture::settings;
use crate::identity_provider::{IdentityProvider, ProviderSettings, SettingsError};
use domain::{Secret, SystemClock};
use std::sync::Arc;

fn faults(settings: ProviderSettings) -> Vec<(String, String)> {
    match IdentityProvider::new(settings, Arc::new(SystemClock)) {
        Ok(_) => Vec::new(),
        Err(SettingsError::Invalid { faults }) => faults.into_iter().map(|fault| (fault.path, fault.rule)).collect(),
        Err(SettingsError::NoClient) => vec![(String::new(), "no_client".to_owned())],
    }
}

#[test]
fn an_issuer_is_reached_through_tls_or_on_this_machine() {
    for good in [
        "https://id.example.org",
        "https://id.example.org/",
        "https://id.example.org:8443/realms/ops",
        "http://127.0.0.1:8080",
        "http://[::1]:8080/realms/ops",
        "http://localhost:8080/realms/ops",
    ] {
        assert_eq!(faults(settings(good)), [], "{good}");
    }
    for (bad, rule) in [
        ("", "not_a_url"),
        ("id.example.org", "not_a_url"),
        ("https://id.example.org/a b", "not_a_url"),
        ("https://id.example.org/\u{202e}", "not_a_url"),
        ("http://id.example.org", "not_https"),
        ("http://127.0.0.1.example.org", "not_https"),
        ("http://10.0.0.1", "not_https"),
        ("ftp://id.example.org", "not_https"),
        ("file:///etc", "not_https"),
        ("https://id.example.org/?realm=ops", "not_an_issuer"),
        ("https://id.example.org/#ops", "not_an_issuer"),
        ("https://user:password@id.example.org", "not_an_issuer"),
    ] {
        assert_eq!(faults(settings(bad)), [("issuer".to_owned(), rule.to_owned())], "{bad}");
    }
}

#[test]
fn every_fault_is_named_at_once() {
    let all = ProviderSettings {
        issuer: "http://id.example.org".to_owned(),
        client_id: String::new(),
        client_secret: Some(Secret::new("")),
        label: Some("Sign in\u{202e}".to_owned()),
    };
    let paths: Vec<_> = faults(all).into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["issuer", "client_id", "label", "client_secret"], "mending one at a time is tedious");
    let long = ProviderSettings { client_id: "x".repeat(201), ..settings("https://id.example.org") };
    assert_eq!(faults(long), [("client_id".to_owned(), "text".to_owned())], "a client id is bounded");
}

#[test]
fn people_see_a_name() {
    let named = |label: Option<&str>| {
        let settings =
            ProviderSettings { label: label.map(str::to_owned), ..settings("https://id.example.org/realms/ops") };
        IdentityProvider::new(settings, Arc::new(SystemClock)).expect("settings in order").label().to_owned()
    };
    assert_eq!(named(Some("Example ID")), "Example ID", "the one that was given");
    assert_eq!(named(None), "id.example.org", "or its host");
}
