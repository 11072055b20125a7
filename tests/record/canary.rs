//! No secret is written down or told: canaries are given to every place that takes a secret, planes and providers repeat
//! what they are sent, and then everything that can be read is searched for each canary in every form.
//!
//! What a secret is made by is not searched: that one answer shows it on purpose.

use crate::{
    echo::Echo,
    house::House,
    record::{Plane, Record, answered},
    search::found,
    session,
};
use control_plane_api::paths::{self, fill};
use credentials::{CredentialStore as _, Keychain};
use domain::Secret;
use reqwest::blocking::{Client, RequestBuilder};
use serde_json::{Value, json};
use std::{fs, sync::Arc, time::Duration};
use testkit::{Loopback, stand_in::Stripe};

/// People come in, go wrong, and are refused.
fn people(record: &mut Record, plane: &Plane) {
    let (password, wrong) = (record.canary("password"), record.canary("wrong password"));
    let invitations = fill(paths::TEAM_INVITATIONS, &[engine::accounts::HOME]).expect("a path");
    let invite = json!({"email": "ana@example.org", "role": "admin"});
    let invited = answered(plane.post(&invitations, &invite)).1;
    let invitation = record.made("invitation", &invited["data"]["token"]);
    let accept = json!({"token": invitation, "name": "Ana", "password": password});
    let accepted = answered(plane.open(paths::INVITATION_ACCEPT, &accept)).1;
    record.made("first access token", &accepted["data"]["access_token"]);
    assert!(record.ask("an invitation again", plane.open(paths::INVITATION_ACCEPT, &accept)).0 >= 400, "it is used up");

    let sign_in = json!({"email": "ana@example.org", "password": password, "device": "a laptop"});
    let signed_in = answered(plane.open(paths::SESSIONS, &sign_in)).1;
    let access = record.made("access token", &signed_in["data"]["access_token"]);
    let refresh = record.made("refresh token", &signed_in["data"]["refresh_token"]);
    let teams = plane.http.get(format!("{}{}", plane.base, paths::TEAMS)).bearer_auth(&access);
    assert_eq!(record.ask("teams", teams).0, 200, "the access token is good");
    let key = json!({"name": "deploy", "team": engine::accounts::HOME, "permissions": ["read"]});
    let made = answered(plane.open(paths::API_KEYS, &key).bearer_auth(&access)).1;
    record.made("API key", &made["data"]["secret"]);
    let renew = json!({"refresh_token": refresh});
    let renewed = answered(plane.open(paths::SESSION_REFRESH, &renew)).1;
    record.made("second refresh token", &renewed["data"]["refresh_token"]);
    assert!(
        record.ask("a refresh again", plane.open(paths::SESSION_REFRESH, &renew)).0 >= 400,
        "it is seen to be reused"
    );
    for (place, body) in [
        ("a wrong password", json!({"email": "ana@example.org", "password": wrong})),
        ("a password in place of a device", json!({"email": "a@b.org", "password": "x", "device": {"x": wrong}})),
        ("a password alone", json!(wrong)),
    ] {
        assert!(record.ask(place, plane.open(paths::SESSIONS, &body)).0 >= 400, "{place} is refused");
    }
    let cut = format!("{{\"email\": \"ana@example.org\", \"password\": \"{wrong}");
    let cut = plane.http.post(format!("{}{}", plane.base, paths::SESSIONS)).body(cut);
    record.ask("a password that is cut", cut.header("content-type", "application/json"));
    for (place, shown) in [("another scheme", format!("Basic {wrong}")), ("a guess", format!("Bearer {wrong}"))] {
        let request = plane.http.get(format!("{}{}", plane.base, paths::RUNS)).header("authorization", shown);
        assert_eq!(record.ask(place, request).0, 401, "{place} opens nothing");
    }
}

/// Stripe repeats the key in what it says of its refusal, and others than Stripe tell of events.
fn billing(record: &mut Record, plane: &Plane, signing: &str) {
    let team = [engine::accounts::HOME];
    let path = |path: &str| fill(path, &team).expect("a path");
    let (status, bill) = record.ask("the bill", plane.get(&path(paths::TEAM_BILLING)));
    assert_eq!((status, &bill["data"]["trouble"]), (200, &json!("stripe_key_refused")), "Stripe was asked: {bill}");
    for (place, at, body) in [
        ("a checkout", paths::BILLING_CHECKOUT, json!({"price": "price_1"})),
        ("a checkout with a secret for a price", paths::BILLING_CHECKOUT, json!({"price": signing})),
        ("the portal", paths::BILLING_PORTAL, json!({})),
        ("a cancellation", paths::BILLING_CANCEL, json!({"at_once": true})),
    ] {
        assert!(record.ask(place, plane.post(&path(at), &body)).0 >= 400, "{place} is refused");
    }
    let event = r#"{"id":"evt_1","object":"event","type":"charge.refunded","created":1,"data":{"object":{}}}"#;
    let now = domain::Clock::now(&domain::SystemClock).as_millis() / 1000;
    let mut tell = |place: &str, signature: String| {
        let request = plane.http.post(format!("{}{}", plane.base, paths::STRIPE_WEBHOOK)).body(event);
        record.ask(place, request.header(paths::STRIPE_SIGNATURE_HEADER, signature)).0
    };
    assert_eq!(tell("an event", Stripe::sign(signing, event.as_bytes(), now)), 200, "the signing secret is in use");
    assert_eq!(
        tell("an event of somebody else", Stripe::sign("whsec_other", event.as_bytes(), now)),
        401,
        "it is refused"
    );
    assert_eq!(tell("an old event", Stripe::sign(signing, event.as_bytes(), 1)), 401, "it is refused");
}

/// Steps that are given secrets and whose providers repeat them.
fn steps(record: &mut Record, house: &House, plane: &Plane, echo: &str) {
    let http = |name: &str, path: &str, headers: Value| {
        json!({"name": name, "tool": "http", "severity": "warning",
               "inputs": {"method": "POST", "url": format!("{echo}{path}"), "headers": headers, "json": {"n": 1}}})
    };
    let ai = |name: &str, provider: &str, key: Option<Value>| {
        let mut inputs = json!({"provider": provider, "model": "a-model",
                                "messages": [{"role": "user", "content": "hello"}]});
        if let Some(key) = key {
            inputs["api_key"] = key;
        }
        json!({"name": name, "tool": "ai", "severity": "warning", "inputs": inputs})
    };
    // What a step expects becomes its output.
    let mut expected = http("expected", "/refusing", json!({"x-api-key": {"from_env": "CANARY_PLAIN"}}));
    expected["inputs"]["expect"] = json!({"status": [401]});
    let plan = json!({"goal": "tell nobody", "steps": [
        http("keychain", "/refusing", json!({"authorization": {"from_keychain": "canary-header"}})),
        http("environment", "/failing", json!({"authorization": {"from_env": "CANARY_BEARER"}})),
        expected,
        ai("claude", "anthropic", None),
        ai("gpt", "openai", Some(json!({"from_env": "CANARY_AI"}))),
        {"name": "shell", "tool": "shell", "severity": "warning", "inputs": {
            "argv": ["sh", "-c", "echo \"$TOKEN\"; echo \"it is $TOKEN\" >&2; exit 3"],
            "env": {"TOKEN": {"from_env": "CANARY_PRINTED"}}}},
    ]});
    let file = house.file("plan.json", &plan.to_string());
    record.verb(house, &["runs", "create", "-f", &file, "--watch"]);
    let runs = record.ask("runs", plane.get(paths::RUNS)).1;
    let run = runs["data"]["items"][0]["id"].as_str().expect("the run is there").to_owned();
    let mut logs = Value::Null;
    for (place, path) in [("the run", paths::RUN), ("its events", paths::RUN_EVENTS), ("its logs", paths::RUN_LOGS)] {
        let path = fill(path, &[&run]).expect("a path");
        let (status, reply) = record.ask(place, plane.get(&path));
        assert_eq!(status, 200, "{place} can be read");
        logs = reply;
    }
    let logs = logs.to_string();
    for part in ["it is [redacted]", "Incorrect API key provided: "] {
        assert!(logs.contains(part), "what was said is there: {part:?} in {logs}");
    }
    record.verb(house, &["runs", "show", &run, "--events", "--logs", "-o", "json"]);

    let literal = record.canary("secret in a plan");
    let plan = json!({"goal": "x", "steps": [
        http("literal", "/refusing", json!({"authorization": format!("Bearer {literal}")})),
        ai("literal-ai", "openai", Some(json!(literal))),
    ]});
    assert!(
        record.ask("a plan with a secret", plane.post(paths::RUNS, &plan)).0 >= 400,
        "a secret has no place in a plan"
    );
    // A preview gives the plan back to whoever sent it, faults and all; what must not happen is that anything is kept.
    assert!(answered(plane.post(paths::PREVIEW, &plan)).2.contains("secret_in_plan"), "the preview names the fault");
    let file = house.file("literal.json", &plan.to_string());
    record.verb(house, &["runs", "create", "-f", &file]);
}

/// Somebody signs in to the plane on the page, and makes keys there.
fn person(record: &mut Record, plane: &Plane, rpc: &dyn Fn(&str, &Value) -> RequestBuilder) {
    let add = json!({"name": "harbour", "kind": "breakwater", "base_url": plane.base, "environment": "local"});
    let (status, added) = record.ask("connections.add harbour", rpc("connections.add", &add));
    assert_eq!(status, 200, "it is added: {added}");
    let invite = json!({"email": "bob@example.org", "role": "admin"});
    let invitations = fill(paths::TEAM_INVITATIONS, &[engine::accounts::HOME]).expect("a path");
    let invited = answered(plane.post(&invitations, &invite)).1;
    let (token, password) =
        (record.made("second invitation", &invited["data"]["token"]), record.canary("new password"));
    let by = json!({"invitation": {"token": token, "name": "Bob", "password": password}});
    let sign_in = json!({"connection": "harbour", "by": by});
    let (status, signed_in) = record.ask("connections.sign_in", rpc("connections.sign_in", &sign_in));
    assert_eq!(status, 200, "somebody is signed in: {signed_in}");
    assert!(record.ask("connections.sign_in again", rpc("connections.sign_in", &sign_in)).0 >= 400, "only once");
    let name = format!("connection:{}:session", added["id"].as_str().expect("an id"));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let kept = runtime.block_on(Keychain::new("breakwater").get(&name)).expect("the keychain answers");
    let kept: Value = serde_json::from_str(kept.expect("the session is kept").expose()).expect("a session");
    record.made("access token of a console", &kept["access"]);
    record.made("refresh token of a console", &kept["refresh"]);

    let key = |connection: &str, name: &str, purpose: &str| {
        json!({"connection": connection, "name": name, "permissions": ["read"], "purpose": purpose,
               "team": engine::accounts::HOME, "reason": "a program"})
    };
    let made = answered(rpc("api_keys.create", &key("harbour", "robot", "another_program"))).1;
    record.made("API key made in a console", &made["secret"]);
    let again =
        record.ask("api_keys.create again", rpc("api_keys.create", &key("harbour", "robot", "another_program")));
    assert!(again.0 >= 400, "a name is taken once: {}", again.1);
    record.ask("api_keys.create for this console", rpc("api_keys.create", &key("harbour", "console", "this_console")));
}

/// The console is given tokens of planes that repeat them, and asked for everything that it knows.
fn console(record: &mut Record, house: &House, echo: &str, plane: &Plane) -> [(&'static str, String); 3] {
    let (serving, address) = house.stay(&["serve", "--listen", "127.0.0.1:0", "-vv"], "http://");
    let origin = address.split("/?").next().expect("an address").to_owned();
    let http = Client::builder().cookie_store(true).no_proxy().build().expect("a client");
    assert!(http.get(&address).send().expect("the server answers").status().is_success(), "the page opens");
    let rpc = |command: &str, request: &Value| {
        http.post(format!("{origin}/rpc/{command}")).header("x-breakwater", "1").json(request)
    };
    let kept = record.canary("connection token");
    let session = record.canary("session token");
    let password = record.canary("password of a plane");
    let wrong = record.canary("misplaced token");
    for (name, kind, token, session_only) in [
        ("nofx", "nofx", kept.clone(), false),
        ("ours", "breakwater", kept.clone(), false),
        ("session", "breakwater", session.clone(), true),
        ("fuzzy", "fuzzyllama", format!("ana@example.org:{password}"), false),
    ] {
        let test = json!({"base_url": echo, "environment": "local", "token": token});
        record.ask(&format!("connections.test {name}"), rpc("connections.test", &test));
        let add = json!({"name": name, "kind": kind, "base_url": echo, "environment": "local", "token": token,
                         "session_only": session_only});
        let (status, reply) = record.ask(&format!("connections.add {name}"), rpc("connections.add", &add));
        assert_eq!(status, 200, "{name} is added: {reply}");
    }
    for (place, request) in [
        ("a token that is a list", json!({"name": "x", "base_url": echo, "environment": "local", "token": [wrong]})),
        (
            "a token in place of a yes",
            json!({"name": "x", "base_url": echo, "environment": "local", "read_only": wrong}),
        ),
        ("a token alone", json!(wrong)),
        (
            "a token in an address",
            json!({"name": "x", "environment": "local", "base_url": echo.replace("//", &format!("//ana:{wrong}@"))}),
        ),
    ] {
        assert!(record.ask(place, rpc("connections.add", &request)).0 >= 400, "{place} is refused");
    }
    person(record, plane, &rpc);
    for command in [
        "connections.list",
        "app.info",
        "teams.list",
        "api_keys.list",
        "queues.list",
        "projects.list",
        "stores.list",
        "breakers.list",
        "readiness.get",
        "acts.list",
        "preferences.get",
    ] {
        let (status, reply) = record.ask(command, rpc(command, &Value::Null));
        assert_eq!(status, 200, "{command} is answered: {reply}");
    }
    for name in ["nofx", "ours", "session", "fuzzy", "harbour"] {
        // Probes that knock as strangers wait for the minute in which the plane counts these.
        let probing = rpc("readiness.run", &json!({"connection": name})).timeout(Duration::from_mins(4));
        record.ask("readiness.run", probing);
        record.ask("connections.test", rpc("connections.test", &json!({"connection": name})));
        record.ask("runs.list", rpc("runs.list", &json!({"connection": name})));
        record.ask("audit.verify", rpc("audit.verify", &json!({"connection": name})));
        let bill = json!({"connection": name, "team": engine::accounts::HOME});
        assert_eq!(
            record.ask("billing.get", rpc("billing.get", &bill)).0,
            200,
            "the bill of {name} is told, or why not"
        );
    }
    record.ask("connections.list again", rpc("connections.list", &Value::Null));
    record.keep("the web face", serving.end());
    [("connection", kept), ("session", session), ("password", password)]
}

#[test]
fn no_secret_is_written_down_or_told() {
    if !session::is_inside("canary::no_secret_is_written_down_or_told") {
        return;
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let echo = Arc::new(Echo::default());
    let served = runtime.block_on(Loopback::serve(Arc::clone(&echo)));
    let url = served.url();
    let mut record = Record::default();
    let (bearer, plain, printed) =
        (record.canary("bearer in the environment"), record.canary("plain header"), record.canary("printed secret"));
    let (keyed, claude, gpt) =
        (record.canary("header in the keychain"), record.canary("AI key"), record.canary("second AI key"));
    let client_secret = record.canary("client secret");
    let (stripe, signing) = (record.canary("key of Stripe"), record.canary("signing secret"));
    let house = House::new(vec![
        ("CANARY_BEARER".to_owned(), format!("Bearer {bearer}")),
        ("CANARY_PLAIN".to_owned(), plain.clone()),
        ("CANARY_PRINTED".to_owned(), printed),
        ("CANARY_AI".to_owned(), gpt.clone()),
        ("CANARY_CLIENT".to_owned(), client_secret),
        ("CANARY_STRIPE".to_owned(), stripe.clone()),
        ("ANTHROPIC_BASE_URL".to_owned(), url.clone()),
        ("OPENAI_BASE_URL".to_owned(), url.clone()),
    ]);
    runtime.block_on(async {
        let keychain = Keychain::new("breakwater-steps");
        keychain.set("canary-header", &Secret::new(format!("Bearer {keyed}"))).await.expect("the keychain takes it");
        keychain.set("anthropic-api-key", &Secret::new(claude.clone())).await.expect("the keychain takes it");
    });
    let settings = "[sign_in.oidc]\nissuer = \"https://127.0.0.1:1\"\nclient_id = \"breakwater\"\n\
                    client_secret = { env = \"CANARY_CLIENT\" }\n";
    let kept_in = house.private_file("stripe-signing", &signing);
    let paid = format!(
        "[billing.stripe]\nsecret_key = {{ env = \"CANARY_STRIPE\" }}\nwebhook_secret = {{ file = \"{kept_in}\" }}\n\
         base_url = \"{url}\"\nsuccess_url = \"https://example.org/paid\"\ncancel_url = \"https://example.org/back\"\n"
    );
    fs::write(house.data().join("plane.toml"), format!("{settings}{paid}")).expect("the settings are written");

    let key = house.say(&["token", "create", "ci"]);
    let key = record.made("token", &json!(String::from_utf8_lossy(&key.stdout).trim()));
    let (running, base) = house.stay(&["plane", "--listen", "127.0.0.1:0", "-vv"], "http://");
    let plane = Plane { http: Client::builder().no_proxy().build().expect("a client"), base, key };
    people(&mut record, &plane);
    record
        .ask("sign-in elsewhere", plane.open(paths::SESSION_BROWSER, &json!({"redirect_uri": "http://127.0.0.1:1/"})));
    billing(&mut record, &plane, &signing);
    steps(&mut record, &house, &plane, &url);
    let of_connections = console(&mut record, &house, &url, &plane);

    let one_time = record.canary("token of one command");
    let mut with_token = house.command(&["runs", "ls", "--connection", "ours", "-vv"]);
    let output = with_token.env("BREAKWATER_TOKEN", &one_time).output().expect("it starts");
    record.keep("a token of one command", [output.stdout, output.stderr].concat());
    let typed = record.canary("typed token");
    let add = ["connections", "add", "typed", &url, "--environment", "local", "--token-stdin", "-vv"];
    let edit = ["connections", "edit", "ours", "--token-stdin", "-vv"];
    for words in [&add[..], &edit] {
        let output = house.say_with(words, &typed);
        record.keep("a typed token", [output.stdout, output.stderr].concat());
    }
    record.verb(&house, &["connections", "test", "ours", "-vv"]);
    for path in [paths::AUDIT, paths::AUDIT_EXPORT, paths::AUDIT_VERIFY, paths::METRICS, paths::API_KEYS, paths::TEAMS]
    {
        assert_eq!(record.ask(path, plane.get(path)).0, 200, "{path} can be read");
    }
    for verb in [
        &["audit", "ls", "--limit", "1000", "-o", "json"][..],
        &["audit", "export"],
        &["token", "ls"],
        &["doctor", "-o", "json"],
        &["readiness", "-o", "json"],
        &["connections", "ls", "-o", "json"],
        &["runs", "ls", "-o", "json"],
        &["search", "Incorrect", "-o", "json"],
    ] {
        record.verb(&house, verb);
    }
    record.keep("the plane", running.end());

    let heard = echo.heard();
    let of_connections = of_connections.iter().map(|(what, secret)| (*what, secret));
    let sent = [
        ("bearer", &bearer),
        ("plain", &plain),
        ("keychain", &keyed),
        ("AI", &claude),
        ("second AI", &gpt),
        ("one command", &one_time),
        ("typed", &typed),
        ("key of Stripe", &stripe),
    ];
    for (what, secret) in of_connections.chain(sent) {
        assert!(heard.contains(secret.as_str()), "the {what} canary was really sent: {heard}");
    }
    sees_what_is_planted(&record, &house);
    let leaks = record.leaks(&house);
    assert!(leaks.is_empty(), "secrets are written down or told:\n{}", leaks.join("\n"));
}

/// The search finds every canary in every form in which it is put there on purpose: in a file, and in an answer.
fn sees_what_is_planted(record: &Record, house: &House) {
    let folder = house.data().join("logs").join("planted");
    fs::create_dir(&folder).expect("a folder");
    let mut planted = Vec::new();
    for canary in &record.canaries {
        for (form, text) in canary.planted() {
            let file = folder.join(format!("{}.jsonl", planted.len()));
            fs::write(&file, &text).expect("it can be planted");
            let told = found(std::slice::from_ref(canary), "planted", text.as_bytes());
            assert_eq!(told.len(), 1, "{} in {form} is seen in an answer", canary.what);
            planted.push((format!("{}: {} in ", file.display(), canary.what), form));
        }
    }
    let seen = record.leaks(house);
    for (hit, form) in planted {
        assert!(seen.iter().any(|seen| seen.starts_with(&hit)), "{hit}{form} is seen in a file");
    }
    fs::remove_dir_all(&folder).expect("it can be taken out");
}
