//! Where secrets are kept, and that a secret in the wrong place is neither used nor repeated.

use super::{CANARY, house::House};

const REST: &str = "issuer = \"https://id.example.org\"\nclient_id = \"a\"\n";

fn with(secret: &str) -> String {
    format!("[sign_in.oidc]\n{REST}client_secret = {secret}")
}

#[tokio::test]
async fn a_secret_is_found_where_it_is_kept() {
    let house = House::new();
    let absolute = house.write("absolute", &format!("{CANARY}\r\n"), 0o400);
    for place in [
        "{ keychain = \"oidc\" }".to_owned(),
        "{ file = \"stripe\" }".to_owned(),
        format!("{{ file = \"{}\" }}", absolute.display()),
        "{ env = \"WEBHOOK\" }".to_owned(),
    ] {
        let settings = house.judge(&with(&place)).await.expect("it is there");
        let secret = settings.oidc.expect("it is set up").client_secret;
        assert_eq!(secret.expose(), CANARY, "{place}: without the line break of the editor");
    }
}

#[tokio::test]
async fn a_secret_that_is_not_kept_well_is_refused() {
    let mut house = House::new();
    house.write("shared", CANARY, 0o640);
    house.write("empty", "\n", 0o600);
    house.write("two", &format!("{CANARY}\n{CANARY}\n"), 0o600);
    for (place, rule) in [
        (format!("\"{CANARY}\""), "literal_secret"),
        ("5".to_owned(), "type"),
        (format!("[\"{CANARY}\"]"), "type"),
        ("{}".to_owned(), "secret_place"),
        (format!("{{ literal = \"{CANARY}\" }}"), "secret_place"),
        (format!("{{ {CANARY} = \"x\" }}"), "secret_place"),
        (format!("{{ file = \"stripe\", env = \"{CANARY}\" }}"), "secret_place"),
        ("{ file = 5 }".to_owned(), "secret_place"),
        (format!("{{ keychain = \"{CANARY}\" }}"), "keychain"),
        (format!("{{ env = \"{CANARY}\" }}"), "env"),
        (format!("{{ file = \"{CANARY}\" }}"), "readable"),
        ("{ file = \".\" }".to_owned(), "file"),
        ("{ file = \"shared\" }".to_owned(), "private"),
        ("{ file = \"empty\" }".to_owned(), "characters"),
        ("{ file = \"two\" }".to_owned(), "characters"),
    ] {
        let expected = [format!("sign_in.oidc.client_secret: {rule}")];
        assert_eq!(house.rules(&with(&place)).await, expected, "{place}");
    }
    house.variable = |name| (name == "WORDS").then(|| "two words".into());
    let spaced = house.rules(&with("{ env = \"WORDS\" }")).await;
    assert_eq!(spaced, ["sign_in.oidc.client_secret: characters"], "a space belongs to no secret");
}

#[tokio::test]
async fn a_key_that_was_pasted_is_not_repeated() {
    let house = House::new();
    let pasted = format!("\"\"\"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----\"\"\"");
    let text = format!("[listen]\ntls_certificate = {pasted}\ntls_key = {pasted}");
    let expected = ["listen.tls_certificate: literal_secret", "listen.tls_key: literal_secret"];
    assert_eq!(house.rules(&text).await, expected, "both belong into files");
    let named = format!("[listen]\ntls_certificate = \"{CANARY}\"\ntls_key = \"{CANARY}\"");
    assert_eq!(house.rules(&named).await.len(), 2, "a path may be a secret by mistake, so it is not repeated either");
}
