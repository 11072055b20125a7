//! The files of a TLS identity, judged before anything listens.

use crate::authority::{Authority, Issued};
use domain::{Clock as _, Fault, SystemClock, Timestamp};
use server::TlsIdentity;
use std::{fs, path::Path};

fn read(issued: &Issued) -> Result<TlsIdentity, Vec<Fault>> {
    TlsIdentity::read(&issued.certificate, &issued.key, SystemClock.now())
}

/// Place and rule of each fault.
fn rules(read: Result<TlsIdentity, Vec<Fault>>) -> Vec<(String, String)> {
    let faults = read.expect_err("there is a fault");
    for fault in &faults {
        assert!(!fault.message.is_empty() && !fault.remedy.is_empty(), "in words, with a remedy: {fault:?}");
        assert!(!format!("{fault:?}").contains("PRIVATE"), "nothing of a key is told: {fault:?}");
    }
    faults.into_iter().map(|fault| (fault.path, fault.rule)).collect()
}

fn one(path: &str, rule: &str) -> Vec<(String, String)> {
    vec![(path.to_owned(), rule.to_owned())]
}

#[test]
fn the_end_of_a_certificate_is_told_in_advance() {
    let authority = Authority::new();
    let identity = read(&authority.issue("long", (2020, 1, 1), (2099, 12, 31))).expect("it is valid");
    let end: Timestamp = "2099-12-31T00:00:00Z".parse().expect("a time");
    assert_eq!(identity.not_after(), end, "readiness can warn before it");
    assert!(!format!("{identity:?}").contains("KEY"), "it is shown without its key: {identity:?}");
}

#[test]
fn the_first_certificate_of_a_chain_to_end_counts() {
    let authority = Authority::new();
    let own = authority.issue("own", (2020, 1, 1), (2120, 1, 1));
    let pem = |issued: &Issued| fs::read_to_string(&issued.certificate).expect("it is there");
    let with = |name, further: &Issued| Issued {
        certificate: authority.write(name, &(pem(&own) + &pem(further)), 0o644),
        key: own.key.clone(),
    };
    let short = with("short.chain", &authority.issue("short", (2020, 1, 1), (2090, 1, 1)));
    let end: Timestamp = "2090-01-01T00:00:00Z".parse().expect("a time");
    assert_eq!(read(&short).expect("all of it is valid").not_after(), end, "the chain is good until then");
    let over = with("over.chain", &authority.issue("over", (2020, 1, 1), (2021, 1, 1)));
    assert_eq!(rules(read(&over)), one("tls_certificate", "expired"), "one that ended breaks the chain");
}

#[test]
fn a_certificate_out_of_its_time_is_refused() {
    let authority = Authority::new();
    let expired = read(&authority.issue("old", (2020, 1, 1), (2021, 2, 3)));
    assert!(format!("{expired:?}").contains("2021-02-03"), "the end is named: {expired:?}");
    assert_eq!(rules(expired), one("tls_certificate", "expired"), "it has ended");
    let early = read(&authority.issue("new", (2119, 1, 1), (2120, 1, 1)));
    assert_eq!(rules(early), one("tls_certificate", "not_yet_valid"), "it has not begun");
}

#[test]
fn a_key_of_another_certificate_is_refused() {
    let authority = Authority::new();
    let (one_of_two, other) = (authority.good(), authority.issue("other", (2020, 1, 1), (2120, 1, 1)));
    let mixed = Issued { certificate: one_of_two.certificate, key: other.key };
    assert_eq!(rules(read(&mixed)), one("tls_key", "match"), "they do not belong together");
}

#[cfg(unix)]
#[test]
fn a_key_that_others_can_read_is_refused() {
    let authority = Authority::new();
    let issued = authority.good();
    for mode in [0o644, 0o640, 0o604] {
        crate::authority::set_mode(&issued.key, mode);
        assert_eq!(rules(read(&issued)), one("tls_key", "private"), "{mode:o}");
    }
    crate::authority::set_mode(&issued.key, 0o400);
    assert!(read(&issued).is_ok(), "its owner alone may read it");
}

#[test]
fn faults_of_both_files_come_together() {
    let authority = Authority::new();
    let good = authority.good();
    let nothing = Issued { certificate: Path::new("/nowhere/a").to_owned(), key: Path::new("/nowhere/b").to_owned() };
    let both = [("tls_certificate", "readable"), ("tls_key", "readable")];
    assert_eq!(rules(read(&nothing)), both.map(|(path, rule)| (path.to_owned(), rule.to_owned())), "neither is there");
    let text = authority.write("text", "no PEM at all", 0o600);
    let swapped = Issued { certificate: good.key, key: text.clone() };
    let both = [("tls_certificate", "certificate"), ("tls_key", "key")];
    assert_eq!(
        rules(read(&swapped)),
        both.map(|(path, rule)| (path.to_owned(), rule.to_owned())),
        "neither is what it should be"
    );
    let broken = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
    let broken = Issued { certificate: authority.write("broken", broken, 0o644), key: text };
    assert_eq!(rules(read(&broken)).len(), 2, "PEM round something else is no certificate");
}
