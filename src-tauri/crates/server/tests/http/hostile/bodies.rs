//! Every body that the document describes, damaged in every way: each is refused in the envelope, with the place of the
//! fault, and nothing is done.

use super::{
    people::{Person, Town},
    witness,
};
use crate::plane::{Said, gated};
use control_plane_api::{Method, Operation, paths};
use domain::Role;
use serde_json::{Map, Value, json};

/// An operation with a body, where it is, and a body of the right shape.
struct Target {
    operation: Operation,
    path: String,
    schema: Value,
    good: Map<String, Value>,
    required: bool,
}

impl Target {
    /// Plans are judged by the engine, which answers a preview with its verdict.
    fn is_plan(&self) -> bool {
        matches!(self.operation, Operation::Preview | Operation::CreateRun)
    }

    fn with(&self, name: &str, value: Value) -> String {
        let mut body = self.good.clone();
        body.insert(name.to_owned(), value);
        Value::Object(body).to_string()
    }

    fn whole(&self) -> String {
        Value::Object(self.good.clone()).to_string()
    }
}

/// A plane with a team that owns one of everything.
struct Scene {
    town: Town,
    owner: Person,
    targets: Vec<Target>,
}

async fn scene() -> Scene {
    let town = Town::new().await;
    let owner = town.owner("team_home", "ana@example.org").await;
    let other = town.member("team_home", "bo@example.org", Role::Member).await;
    let run = town.run_of(&owner, "team_home", &gated()).await;
    let key = json!({"name": "ci", "team": "team_home", "permissions": ["read"]});
    let key = town.acts(&owner, "/api/v1/api-keys", &key).await.json["data"]["key"]["id"].clone();
    let key = key.as_str().expect("a key").to_owned();
    let document = town.get(paths::OPENAPI).await.json;
    let mut targets = Vec::new();
    // An event of Stripe is known by its signature, before anybody reads what it says.
    for &operation in Operation::ALL.iter().filter(|operation| **operation != Operation::HearFromStripe) {
        let place = &document["paths"][operation.path()][operation.method().as_str().to_lowercase()];
        let Some(body) = place.get("requestBody") else { continue };
        let schema = resolved(&document, &body["content"]["application/json"]["schema"]);
        let values: Vec<_> = operation
            .parameters()
            .map(|name| match name {
                "team" => "team_home",
                "run" => run.as_str(),
                "step" => "ask",
                "member" => other.member.as_str(),
                "key" => key.as_str(),
                _ => "none",
            })
            .collect();
        let path = paths::fill(operation.path(), &values).expect("a path");
        let good = example(&document, &schema).as_object().cloned().expect("every body is an object");
        targets.push(Target { operation, path, schema, good, required: body["required"] == true });
    }
    assert!(targets.len() > 20, "the document describes the bodies");
    let with_body = Operation::ALL.iter().filter(|operation| operation.method() == Method::Post).count();
    assert_eq!(targets.len(), with_body - 3, "every act but signing out has one, events of Stripe aside");
    Scene { town, owner, targets }
}

/// A schema without its references at the top.
fn resolved(document: &Value, schema: &Value) -> Value {
    let mut schema = schema;
    while let Some(reference) = schema["$ref"].as_str() {
        schema = document.pointer(reference.trim_start_matches('#')).expect("it leads somewhere");
    }
    schema.clone()
}

/// Something of this shape.
fn example(document: &Value, schema: &Value) -> Value {
    let schema = resolved(document, schema);
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    for joined in ["oneOf", "anyOf", "allOf"] {
        let choices = schema[joined].as_array().into_iter().flatten();
        if let Some(choice) = choices.into_iter().find(|choice| choice["type"] != "null") {
            return example(document, choice);
        }
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|kind| **kind != "null").cloned().unwrap_or_default(),
        kind => kind.clone(),
    };
    match kind.as_str().unwrap_or("object") {
        "string" if schema["format"] == "date-time" => json!("2999-01-01T00:00:00.000Z"),
        "string" => json!("some text"),
        "integer" | "number" => json!(1),
        "boolean" => json!(true),
        "array" => json!([example(document, &schema["items"])]),
        _ => {
            let properties = schema["properties"].as_object().cloned().unwrap_or_default();
            Value::Object(properties.iter().map(|(name, inner)| (name.clone(), example(document, inner))).collect())
        }
    }
}

/// Fails unless the answer is a refusal that says what is wrong and where.
fn assert_refused(said: &Said, what: &str) {
    let code = said.json["error"]["code"].as_str().unwrap_or_default().to_owned();
    assert!((400..500).contains(&said.status), "{what}: refused, not {}: {}", said.status, said.text);
    said.assert_refused(said.status, &code, what);
    let hidden = said.text.chars().find(|c| engine::tools::is_deceptive(*c));
    assert_eq!(hidden, None, "{what}: nothing that hides is said back");
    assert!(said.text.len() < 20_000, "{what}: what was sent is not said back without end");
    let faults = said.json["error"]["details"]["faults"].as_array();
    match code.as_str() {
        "invalid" => {
            let faults = faults.cloned().unwrap_or_default();
            assert!(!faults.is_empty(), "{what}: the faults are listed: {}", said.text);
            for fault in &faults {
                let complete = fault["path"].is_string()
                    && ["rule", "message", "remedy"]
                        .iter()
                        .all(|key| fault[key].as_str().is_some_and(|s| !s.is_empty()));
                assert!(complete, "{what}: with place, rule, message and remedy: {fault}");
            }
        }
        "malformed" | "body_too_large" | "unsupported_media_type" => {
            assert!(said.json["error"]["details"]["hint"].is_string(), "{what}: what to do is said: {}", said.text);
        }
        _ => {}
    }
}

impl Scene {
    async fn send(&self, target: &Target, media: Option<&str>, body: impl Into<reqwest::Body>) -> Said {
        let mut request = self.town.by(&self.owner, "POST", &target.path).body(body);
        if let Some(media) = media {
            request = request.header("content-type", media);
        }
        Said::of(request).await
    }

    /// Sends a body that is to be refused with this status; a fault is at this place.
    async fn refused(&self, target: &Target, what: &str, body: impl Into<reqwest::Body>, status: u16, place: &str) {
        let what = format!("{}: {what}", target.operation.id());
        let said = self.send(target, Some("application/json"), body).await;
        if target.operation == Operation::Preview && said.status == 200 {
            assert_eq!(said.json["data"]["valid"], false, "{what}: the plan is judged");
            return;
        }
        assert_refused(&said, &what);
        assert_eq!(said.status, status, "{what}: {}", said.text);
        let faults = said.json["error"]["details"]["faults"].as_array().cloned().unwrap_or_default();
        let is_there = |fault: &Value| fault["path"].as_str().is_some_and(|path| path.contains(place));
        assert!(status != 422 || faults.iter().any(is_there), "{what}: at {place}: {}", said.text);
    }

    /// Fails if anything was done since so many acts were.
    async fn nothing_happened(&self, before: usize) {
        assert_eq!(witness::done(&self.town).await, before, "nothing was done");
    }
}

#[tokio::test]
async fn what_is_no_document_is_refused_before_anybody_looks_at_it() {
    let scene = scene().await;
    let before = witness::done(&scene.town).await;
    for target in &scene.targets {
        let good = target.whole();
        if target.required {
            scene.refused(target, "an empty body", "", 400, "").await;
        }
        let cut = good.len() - 1;
        let quoted = |inside: &[u8]| [b"{\"reason\":\"", inside, b"\"}"].concat();
        let deep = |open: &str, close: &str| format!("{}{}", open.repeat(10_000), close.repeat(10_000));
        let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (what, body) in [
            ("a cut body", good.as_bytes()[..cut].to_vec()),
            ("two documents", format!("{good}{good}").into_bytes()),
            ("trailing garbage", format!("{good}x").into_bytes()),
            ("a NUL at the end", format!("{good}\0").into_bytes()),
            ("a mark of the byte order", format!("\u{feff}{good}").into_bytes()),
            ("another encoding", utf16),
            ("bytes that are no text", quoted(b"\xff\xfe")),
            ("an overlong encoding", quoted(b"\xc0\xaf")),
            ("half of a pair", quoted(b"\\ud800")),
            ("the wrong half of a pair", quoted(b"\\udc00x")),
            ("a line end in a text", quoted(b"a\nb")),
            ("a NUL in a text", quoted(b"a\0b")),
            ("a number without end", b"{\"reason\":1e999}".to_vec()),
            ("a number that is none", b"{\"reason\":NaN}".to_vec()),
            ("lists inside each other", deep("[", "]").into_bytes()),
            ("objects inside each other", deep("{\"a\":", "}").into_bytes()),
            ("objects inside each other without end", "{\"a\":".repeat(10_000).into_bytes()),
            ("a comment", b"{} // none".to_vec()),
            ("nothing but space", b" \n ".to_vec()),
        ] {
            scene.refused(target, what, body, 400, "").await;
        }
        scene.refused(target, "a body over the limit", " ".repeat(1024 * 1024 + 1), 413, "").await;
        let id = target.operation.id();
        let media = [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/jsonx",
            "json",
            "*/*",
        ];
        for media in media.into_iter().map(Some).chain([None]) {
            let said = scene.send(target, media, good.clone()).await;
            said.assert_refused(415, "unsupported_media_type", &format!("{id}: as {media:?}"));
        }
    }
    scene.nothing_happened(before).await;
}

#[tokio::test]
async fn a_field_that_is_named_twice_is_refused_at_any_level() {
    let scene = scene().await;
    let before = witness::done(&scene.town).await;
    for target in &scene.targets {
        let (name, value) = target.good.iter().next().expect("every body has a field");
        let (name, good) = (Value::from(name.as_str()), target.whole());
        let twice = format!("{{{name}:{value},{}", &good[1..]);
        scene.refused(target, "a field twice", twice, 422, name.as_str().unwrap_or_default()).await;
        let nested = r#"{"k":{"a":1,"a":2}}"#;
        let nested = format!("{},{}", &good[..good.len() - 1], format_args!("\"nested\":{nested}}}"));
        scene.refused(target, "a field twice inside", nested, 422, "nested.k.a").await;
    }
    // Where a free object is taken, nothing but this check stands between a caller and the last of two values.
    let of = |operation| scene.targets.iter().find(|target| target.operation == operation).expect("a target");
    let twice = r#"{"a":{"b":[{"c":1,"c":2}]}}"#;
    let step = |inputs: &str| format!(r#"{{"goal":"g","steps":[{{"name":"a","tool":"echo","inputs":{inputs}}}]}}"#);
    let create = of(Operation::CreateRun);
    scene.refused(create, "inputs of a step", step(twice), 422, "steps[0].inputs.a.b[0].c").await;
    scene.refused(of(Operation::Preview), "inputs of a step", step(twice), 422, "steps[0].inputs.a.b[0].c").await;
    let retry = format!(r#"{{"reason":"again","inputs":{twice}}}"#);
    scene.refused(of(Operation::RetryStep), "inputs of a retry", retry, 422, "inputs.a.b[0].c").await;
    let values = format!(r#"{{"values":{twice}}}"#);
    scene.refused(of(Operation::FillTemplate), "values of a template", values, 422, "values.a.b[0].c").await;
    for (media, text) in
        [("application/yaml", step(twice)), ("application/yaml", format!("goal: g\ngoal: h\n{}", "steps: []"))]
    {
        let said = scene.send(create, Some(media), text).await;
        assert_refused(&said, "the same as YAML");
        assert_eq!(said.status, 422, "{}", said.text);
    }
    // Names that the parser keeps for itself make another document of what is read back.
    for reserved in ["$serde_json::private::RawValue", "$serde_json::private::Number"] {
        let inputs = format!(r#"{{"message":"m","metadata":{{"a":1,"{reserved}":"no JSON"}}}}"#);
        scene.refused(create, "a name of the parser", step(&inputs), 422, "private").await;
        let yaml =
            format!("goal: g\nsteps:\n- name: a\n  tool: echo\n  inputs:\n    m: {{a: 1, \"{reserved}\": \"[\"}}\n");
        let said = scene.send(create, Some("application/yaml"), yaml).await;
        assert_refused(&said, "a name of the parser as YAML");
    }
    scene.nothing_happened(before).await;
}

#[tokio::test]
async fn what_has_another_shape_has_its_fault_at_its_place() {
    let scene = scene().await;
    let before = witness::done(&scene.town).await;
    for target in &scene.targets {
        let list = Value::Array(target.good.values().cloned().collect()).to_string();
        for (what, body) in [
            ("null", "null"),
            ("a text", "\"x\""),
            ("a number", "1"),
            ("an empty list", "[]"),
            ("its values as a list", &list),
        ] {
            scene.refused(target, what, body.to_owned(), 422, "").await;
        }
        if !target.is_plan() {
            scene
                .refused(target, "a field that is not known", target.with("is_admin", json!(true)), 422, "is_admin")
                .await;
        }
        for (name, schema) in target.schema["properties"].as_object().expect("fields") {
            let kind = schema["type"].to_string();
            let wrong: &[Value] = if kind.contains("object") {
                &[json!("x"), json!([1]), json!(1), json!(true)]
            } else if kind.contains("array") {
                &[json!("x"), json!({"a": 1}), json!(-1), json!([{}]), json!([[]])]
            } else if kind.contains("integer") {
                &[json!("17"), json!(-1), json!(1.5), json!([]), json!({"a": {}}), json!(1e308), json!(u64::MAX)]
            } else {
                &[json!(17), json!([]), json!(["x"]), json!({"a": {}}), json!(1e308), json!(u64::MAX)]
            };
            let yes = [json!(true)];
            let wrong = wrong.iter().chain(yes.iter().filter(|_| !kind.contains("boolean")));
            for value in wrong {
                let what = format!("{name} as {value}");
                scene.refused(target, &what, target.with(name, value.clone()), 422, name).await;
            }
        }
    }
    scene.nothing_happened(before).await;
}
