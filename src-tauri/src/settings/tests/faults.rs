//! Faults come all at once, each with its place, and none repeats what was written.

use super::{
    CANARY,
    house::{GOOD, House},
};
use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt as _};
use toml::{Table, Value};

/// Every key with something that is wrong in one way.
const BAD: &str = r#"
[listen]
address = "everywhere"
hosts = ["https://plane.example.org"]
tls_certificate = "expired.pem"
tls_key = "nowhere.key"
trusted_proxies = 9

[limits]
max_streams = 0
max_connections = 15
body_limit = 67108865

[sign_in.oidc]
issuer = "http://id.example.org"
client_id = ""
client_secret = "canary-4f1d-hunter2"
label = " "

[billing.stripe]
secret_key = { keychain = "canary-4f1d-hunter2" }
webhook_secret = { env = "canary-4f1d-hunter2", file = "canary-4f1d-hunter2" }
base_url = "https://canary-4f1d-hunter2@stripe.example.org"
success_url = "paid"
cancel_url = 5

[teams]
max_runs_in_flight = 10001
max_members = -1
invitation_days = 31
"#;

fn place_of(fault: &str) -> &str {
    fault.split_once(": ").map_or(fault, |(place, _)| place)
}

/// The place of every value of a file.
fn places(text: &str) -> BTreeSet<String> {
    fn walk(place: &str, value: &Value, found: &mut BTreeSet<String>, depth: usize) {
        match value {
            Value::Table(table)
                if !["client_secret", "secret_key", "webhook_secret"].iter().any(|key| place.ends_with(key)) =>
            {
                for (key, value) in table {
                    let place = if depth == 0 { key.clone() } else { format!("{place}.{key}") };
                    walk(&place, value, found, depth + 1);
                }
            }
            _ => {
                found.insert(place.to_owned());
            }
        }
    }
    let mut found = BTreeSet::new();
    walk("", &Value::Table(text.parse::<Table>().expect("it is TOML")), &mut found, 0);
    found
}

#[tokio::test]
async fn one_fault_in_every_key_is_as_many_faults() {
    assert_eq!(places(BAD), places(GOOD), "both files have every key");
    let mut house = House::new();
    let faults = house.rules(BAD).await;
    let named: BTreeSet<String> = faults.iter().map(|fault| place_of(fault).replace("[0]", "")).collect();
    assert_eq!(named, places(BAD), "each key is named");
    assert_eq!(faults.len(), places(BAD).len(), "once: {faults:#?}");
    house.variable = |name| match name {
        "ANTHROPIC_BASE_URL" => Some("https://canary-4f1d-hunter2@api.example.org".into()),
        "OPENAI_BASE_URL" => Some("canary-4f1d-hunter2".into()),
        "BREAKWATER_LOG" => Some("canary-4f1d-hunter2=loud=er".into()),
        _ => None,
    };
    let more = house.rules(BAD).await;
    assert_eq!(more.len(), faults.len() + 3, "and each variable of the environment: {more:#?}");
    let of_environment = ["env.ANTHROPIC_BASE_URL", "env.OPENAI_BASE_URL", "env.BREAKWATER_LOG"];
    assert!(
        of_environment.iter().all(|name| more.iter().any(|fault| place_of(fault) == *name)),
        "by its name: {more:#?}"
    );
}

#[tokio::test]
async fn a_value_of_another_type_is_one_fault_wherever_it_stands() {
    let house = House::new();
    for place in places(GOOD) {
        for odd in [Value::Boolean(false), Value::Float(0.5), Value::Array(vec![Value::Boolean(true)])] {
            let mut table: Table = GOOD.parse().expect("it is TOML");
            set(&mut table, &place, odd.clone());
            let faults = house.rules(&table_text(&table)).await;
            let [fault] = faults.as_slice() else { panic!("{place} = {odd}: {faults:?}") };
            assert_eq!(fault.replace("[0]", ""), format!("{place}: type"), "{place} = {odd}");
        }
    }
}

#[tokio::test]
async fn what_is_not_known_is_refused_at_every_level() {
    let house = House::new();
    for place in [
        "auth",
        "listen.auth",
        "limits.rate",
        "sign_in.none",
        "sign_in.oidc.skip",
        "billing.x",
        "billing.stripe.x",
        "teams.x",
    ] {
        let mut table: Table = GOOD.parse().expect("it is TOML");
        set(&mut table, place, Value::Boolean(false));
        let faults = house.rules(&table_text(&table)).await;
        assert_eq!(faults, [format!("{place}: unknown_key")], "{place}");
    }
    let hostile = format!("\"{}\\u001b[2J\" = 1", "x".repeat(500));
    let faults = house.rules(&hostile).await;
    assert!(
        faults.iter().all(|fault| place_of(fault).len() <= 40 && !fault.contains('\u{1b}')),
        "shortened: {faults:?}"
    );
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let house = House::new();
    let faults = house.rules("[listen]\ntls_key = \"good.key\"\n[sign_in.oidc]\n[billing.stripe]\n").await;
    let required = [
        "listen.tls_certificate",
        "sign_in.oidc.issuer",
        "sign_in.oidc.client_id",
        "sign_in.oidc.client_secret",
        "billing.stripe.secret_key",
        "billing.stripe.webhook_secret",
        "billing.stripe.success_url",
        "billing.stripe.cancel_url",
    ];
    assert_eq!(faults, required.map(|place| format!("{place}: required")), "all of them");
    assert_eq!(house.rules("[sign_in]\n[billing]\n").await.len(), 0, "an empty section asks for nothing");
}

#[tokio::test]
async fn a_file_that_cannot_be_read_says_where() {
    let house = House::new();
    for (text, line) in [
        (format!("[limits]\nmax_streams = {CANARY}"), 2),
        (format!("secret_key = \"{CANARY}"), 1),
        (format!("a = 1\n\na = \"{CANARY}\""), 3),
        (format!("[billing.stripe]\n{CANARY} {CANARY}\n"), 2),
    ] {
        let faults = house.judge(&text).await.expect_err("it is not TOML");
        let [fault] = faults.as_slice() else { panic!("one fault: {faults:?}") };
        assert_eq!((fault.path.as_str(), fault.rule.as_str()), ("", "toml"), "the whole file");
        assert!(fault.message.contains(&format!("line {line}")), "with its line: {fault:?}");
    }
    let large = format!("# {}", "x".repeat(256 * 1024));
    assert_eq!(house.rules(&large).await, [": readable"], "nobody writes that much");
    let folder = house.dir().join("folder");
    fs::create_dir(&folder).expect("a folder");
    assert_eq!(house.judge_file(&folder).await.expect_err("a folder").len(), 1, "a folder is no file");
    assert!(house.judge_file(&house.dir().join("nothing")).await.is_ok(), "none is needed");
}

#[tokio::test]
async fn a_file_that_others_can_change_is_not_trusted() {
    let house = House::new();
    for mode in [0o664, 0o646, 0o666] {
        let path = house.write("shared.toml", "", 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("it is ours");
        let faults = house.judge_file(&path).await.expect_err("somebody else may have written it");
        assert_eq!(faults.iter().map(|fault| fault.rule.as_str()).collect::<Vec<_>>(), ["private"], "{mode:o}");
    }
}

/// Puts a value at a place of a table.
pub(super) fn set(table: &mut Table, place: &str, value: Value) {
    match place.split_once('.') {
        None => {
            table.insert(place.to_owned(), value);
        }
        Some((section, rest)) => {
            let inner = table.get_mut(section).and_then(Value::as_table_mut).expect("the section is there");
            set(inner, rest, value);
        }
    }
}

/// The text of a table. JSON text, arrays and numbers are TOML as well, and tables are written inline.
pub(super) fn table_text(table: &Table) -> String {
    let lines: Vec<_> = table.iter().map(|(key, value)| format!("{key} = {}", value_text(value))).collect();
    lines.join("\n")
}

fn value_text(value: &Value) -> String {
    match value {
        Value::Table(table) => {
            let entries: Vec<_> = table.iter().map(|(key, value)| format!("{key} = {}", value_text(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        other => serde_json::to_string(other).expect("it has a JSON form"),
    }
}

#[test]
fn every_setting_stands_in_the_readme() {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).expect("it is there");
    for place in places(GOOD) {
        let key = place.rsplit('.').next().unwrap_or_default();
        assert!(readme.contains(&format!("`{key}`")), "{place} is explained");
    }
}
