//! Plans of both dialects, good and bad.

use super::{parse_text, read};
use crate::tools::{AiEndpoints, Prices, ProcessEnvironment, Registry, SecretSource, Toolbox, breakers::BreakerSet};
use domain::{OnRestart, Preview, RetryPolicy, Secret, Severity, SystemClock};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::{
    fmt::Write as _,
    sync::{Arc, LazyLock},
};

#[derive(Debug)]
struct NoSecrets;

#[async_trait::async_trait]
impl SecretSource for NoSecrets {
    async fn get(&self, _name: &str) -> Option<Secret> {
        None
    }
}

static TOOLS: LazyLock<Registry> = LazyLock::new(|| {
    Registry::new(Toolbox {
        secrets: Arc::new(NoSecrets),
        environment: Arc::new(ProcessEnvironment),
        ai: AiEndpoints::default(),
        prices: Prices::built_in(),
        ai_retry: reliability::retry::RetryPolicy::ai(),
        random: reliability::Random::seeded(1),
        breakers: Arc::new(BreakerSet::new(Arc::new(SystemClock))),
    })
});

fn judge(document: &Value) -> Preview {
    read(document, &TOOLS)
}

/// Paths and rules of all faults.
fn faults(document: &Value) -> Vec<(String, String)> {
    let preview = judge(document);
    assert_eq!(preview.valid, preview.faults.is_empty(), "valid means without fault");
    assert!(
        preview.faults.iter().all(|fault| !fault.message.is_empty() && !fault.remedy.is_empty()),
        "each fault explains itself"
    );
    preview.faults.into_iter().map(|fault| (fault.path, fault.rule)).collect()
}

fn pair(path: &str, rule: &str) -> (String, String) {
    (path.to_owned(), rule.to_owned())
}

#[test]
fn every_field_is_understood_and_a_plan_that_went_out_comes_in_again() {
    let preview = judge(&json!({
        "goal": "Ship it",
        "steps": [
            {"name": "build", "tool": "shell", "inputs": {"argv": ["true"]}, "timeout": "5m", "on_restart": "rerun",
             "retry": {"max_attempts": 3, "delay": "500ms", "max_delay": 4}},
            {"name": "lint", "tool": "gate:lint", "inputs": {"argv": ["true"]}, "severity": "warning", "retry": 2},
            {"name": "go", "tool": "manual:go", "depends_on": ["build", "lint", "build"]}
        ],
        "metadata": {"ticket": 7}
    }));
    assert_eq!(preview.faults, [], "there is no fault");
    assert_eq!(preview.layers, [vec!["build", "lint"], vec!["go"]], "the layers are by depth");
    let plan = preview.plan.expect("it was read");
    let build = &plan.steps[0];
    assert_eq!(
        build.retry,
        RetryPolicy { max_attempts: 3, delay_ms: 500, max_delay_ms: 4_000 },
        "durations in any form"
    );
    assert_eq!((build.timeout_ms, build.on_restart), (Some(300_000), OnRestart::Rerun), "five minutes, and again");
    assert_eq!(
        (plan.steps[1].retry.max_attempts, plan.steps[1].severity),
        (3, Severity::Warning),
        "a number counts retries"
    );
    assert_eq!(plan.steps[2].depends_on, ["build", "lint"], "a name twice is a name");
    assert_eq!(plan.metadata["ticket"], 7, "metadata is kept");

    let again = judge(&serde_json::to_value(&plan).expect("plans are JSON"));
    assert_eq!(again.plan, Some(plan), "what went out comes in again, unchanged");
    assert!(again.valid, "and is valid: {:?}", again.faults);
}

#[test]
fn tools_of_nofx_that_have_a_twin_here_are_taken_for_it() {
    let preview = judge(&json!({"goal": "as recorded", "steps": [
        {"name": "t", "tool": "bash", "inputs": {"command": "sleep 9"}, "tools_allowed": ["bash"]},
        {"name": "a", "tool": "test:echo", "inputs": {"x": 1}},
        {"name": "f", "tool": "test:fail"},
        {"name": "m", "tool": "manual:deploy"},
    ]}));
    assert_eq!(preview.faults, [], "a plan of NOFX is accepted as it is");
    let steps = preview.plan.expect("it was read").steps;
    let tools: Vec<_> = steps.iter().map(|step| step.tool.as_str()).collect();
    assert_eq!(tools, ["shell", "echo", "fail", "manual:deploy"], "each is named as it is here");
    assert_eq!(steps[0].inputs["script"], "sleep 9", "the command of bash is a script");
    let unknown = faults(&json!({"goal": "g", "steps": [{"name": "c", "tool": "codegen", "inputs": {"topic": "T"}}]}));
    assert_eq!(unknown, [pair("steps[0].tool", "unknown_tool")], "what has no twin is refused, not half done");
}

#[test]
fn plans_of_nofx_come_in_unchanged() {
    let preview = judge(&json!({
        "goal": "deps db", "user_id": "", "metadata": {"created_by": "", "tier": "free"},
        "steps": [
            {"name": "three", "tool": "echo", "inputs": {"x": 1, "_dependsOn": "two"}, "tools_allowed": ["echo"]},
            {"name": "one", "tool": "echo"},
            {"name": "two", "tool": "manual:deploy", "inputs": {"_dependsOn": ["one"]}}
        ]
    }));
    assert_eq!(preview.faults, [], "there is no fault");
    assert_eq!(preview.layers, [vec!["one"], vec!["two"], vec!["three"]], "order comes from inputs._dependsOn");
    let plan = preview.plan.expect("it was read");
    assert_eq!(plan.steps[0].inputs, *json!({"x": 1}).as_object().unwrap(), "what orders steps is no input");

    let policy = judge(&json!({"goal": "g", "steps": [
        {"name": "a", "tool": "shell", "inputs": {"argv": ["env"]}, "env_allowed": ["PATH", "CI"], "secrets_scope": "deploy"},
        {"name": "b", "tool": "gate:x", "inputs": {"argv": ["env"], "env_allow": ["PATH"]}, "env_allowed": ["CI"], "depends_on": "a"},
        {"name": "c", "tool": "echo", "env_allowed": ["CI"], "secrets_scope": ["a", "b"], "tools_allowed": []}
    ]}));
    assert_eq!(policy.faults, [], "the policy of a step is no fault");
    assert_eq!(policy.layers, [vec!["a", "c"], vec!["b"]], "a single name is a dependency");
    let plan = policy.plan.expect("it was read");
    let passed: Vec<_> = plan.steps.iter().map(|step| step.inputs.get("env_allow").cloned()).collect();
    assert_eq!(
        passed,
        [Some(json!(["PATH", "CI"])), Some(json!(["PATH"])), None],
        "env_allowed holds for commands whose inputs do not say"
    );
    assert_eq!(plan.metadata["secrets_scope"], json!({"a": "deploy", "c": ["a", "b"]}), "what has no effect is kept");
    let again = judge(&serde_json::to_value(&plan).expect("plans are JSON"));
    assert_eq!(again.plan, Some(plan), "it comes in again unchanged");

    let bad = json!({"goal": "g", "steps": [{"name": "a", "tool": "echo", "env_allowed": "CI", "secrets_scope": 1, "depends_on": 1}]});
    assert_eq!(
        faults(&bad),
        [
            pair("steps[0].env_allowed", "wrong_type"),
            pair("steps[0].secrets_scope", "wrong_type"),
            pair("steps[0].depends_on", "wrong_type"),
        ],
        "other types are refused"
    );

    let bad = json!({"goal": "g", "steps": [
        {"name": "a", "tool": "codegen", "inputs": {"_dependsOn": ["gone", 1]}},
        {"name": "b", "tool": "echo", "tools_allowed": ["bash"]}
    ]});
    assert_eq!(
        faults(&bad),
        [
            pair("steps[0].tool", "unknown_tool"),
            pair("steps[0].inputs._dependsOn[1]", "wrong_type"),
            pair("steps[1].tools_allowed", "tool_not_allowed"),
            pair("steps[0].inputs._dependsOn[0]", "missing_dependency"),
        ],
        "unknown tools are refused, and paths are those of the document"
    );
}

#[test]
fn every_fault_is_told_at_once() {
    let document = json!({
        "goal": " ", "owner": "me", "metadata": [],
        "steps": [
            {"name": "a", "tool": "shell", "inputs": {"argv": [], "shel": 1}, "timeout": "soon", "retry": {"max_attempts": 99, "delay": "2s", "max_delay": "1s"}},
            {"name": "a", "tool": "gate:", "depends_on": ["a", "zzz"], "severity": "high", "on_restart": 1, "timeout": 1, "timeout_ms": 1},
            {"tool": "echo", "retry": "often"},
            {"name": "b\u{202e}", "tool": "echo"},
            7,
            {"name": "c", "tool": "http", "inputs": {"url": "http://x/", "headers": {"authorization": "Bearer hunter2", "X-Api-Key": {"from_env": "KEY"}}}},
            {"name": "d", "tool": "ai", "inputs": {"provider": "anthropic", "model": "m", "prompt": {"from_step": "c"}, "api_key": "hunter2"}}
        ]
    });
    assert_eq!(
        faults(&document),
        [
            pair("goal", "empty"),
            pair("metadata", "wrong_type"),
            pair("owner", "unknown_field"),
            pair("steps[0].retry.max_attempts", "out_of_range"),
            pair("steps[0].retry.max_delay", "out_of_range"),
            pair("steps[0].timeout", "not_a_duration"),
            pair("steps[0].inputs.argv", "empty"),
            pair("steps[0].inputs.shel", "unknown_field"),
            pair("steps[1].tool", "unknown_tool"),
            pair("steps[1].timeout", "conflict"),
            pair("steps[1].on_restart", "wrong_type"),
            pair("steps[1].severity", "not_a_choice"),
            pair("steps[2].name", "required"),
            pair("steps[2].retry", "wrong_type"),
            pair("steps[3].name", "control_character"),
            pair("steps[4]", "wrong_type"),
            pair("steps[5].inputs.headers.authorization", "secret_in_plan"),
            pair("steps[6].inputs.api_key", "secret_in_plan"),
            pair("steps[6].inputs.prompt.from_step", "not_a_dependency"),
            pair("steps[1].name", "duplicate_name"),
            pair("steps[1].depends_on[0]", "self_dependency"),
            pair("steps[1].depends_on[1]", "missing_dependency"),
        ],
        "all of them, in the order of the document"
    );
    let text = serde_json::to_string(&judge(&document).faults).expect("faults are JSON");
    assert!(!text.contains("hunter2"), "no fault quotes a secret");
}

#[test]
fn a_pause_fits_into_its_time_limit() {
    let wait = |timeout: &str| json!({"goal": "g", "steps": [{"name": "w", "tool": "wait", "inputs": {"duration": "5m"}, "timeout": timeout}]});
    assert_eq!(faults(&wait("5m")), [], "as long as the limit is not longer");
    let over = [pair("steps[0].inputs.duration", "duration_over_timeout")];
    assert_eq!(faults(&wait("299s")), over, "a limit that cannot be kept is refused");
}

#[test]
fn a_circle_is_named() {
    let step = |name: &str, needs: &[&str]| json!({"name": name, "tool": "echo", "depends_on": needs});
    let document =
        json!({"goal": "g", "steps": [step("a", &["c"]), step("b", &["a"]), step("c", &["b"]), step("d", &["c"])]});
    let preview = judge(&document);
    assert_eq!(faults(&document), [pair("steps[0].depends_on", "cycle")], "one circle, one fault");
    assert!(
        preview.faults[0].message.contains("a → c → b → a"),
        "the way round is named: {}",
        preview.faults[0].message
    );
    assert_eq!(preview.layers, Vec::<Vec<String>>::new(), "a refused plan has no layers");
}

#[test]
fn the_size_of_a_plan_is_bounded() {
    let steps = |count: usize| -> Vec<Value> {
        (0..count)
            .map(|at| json!({"name": format!("s{at}"), "tool": "echo", "depends_on": (at.saturating_sub(20)..at).map(|n| format!("s{n}")).collect::<Vec<_>>()}))
            .collect()
    };
    let preview = judge(&json!({"goal": "g", "steps": steps(1_000)}));
    assert_eq!((preview.valid, preview.layers.len()), (true, 1_000), "1,000 steps are accepted");
    assert_eq!(
        faults(&json!({"goal": "g", "steps": steps(1_001)})),
        [pair("steps", "too_many_steps")],
        "1,001 are not"
    );
    assert_eq!(faults(&json!({"goal": "g", "steps": []})), [pair("steps", "empty")], "none is none");
    assert_eq!(
        faults(&json!({"goal": "x".repeat(501), "steps": steps(1)})),
        [pair("goal", "too_long")],
        "a goal has its length"
    );

    let mut deep = json!(1);
    for _ in 0..70 {
        deep = json!([deep]);
    }
    assert_eq!(
        faults(&json!({"goal": "g", "steps": [], "metadata": {"deep": deep}})),
        [pair("", "too_deep")],
        "depth is bounded"
    );

    let many: serde_json::Map<String, Value> = (0..5_000).map(|n| (format!("f{n}"), json!(1))).collect();
    let found = judge(&Value::Object(many)).faults;
    assert_eq!(
        (found.len(), found[2_000].rule.as_str()),
        (2_001, "too_many_faults"),
        "the list of faults is bounded, and says so"
    );
}

#[test]
fn json_and_yaml_are_told_apart_by_content() {
    let yaml = "goal: Ship it\nsteps:\n  - name: no\n    tool: shell\n    inputs:\n      argv: [echo, 'on']\n    timeout: 90s\n";
    let document = parse_text(yaml).expect("this is YAML");
    assert_eq!(document["steps"][0]["name"], "no", "YAML 1.1 booleans are words here");
    assert!(judge(&document).valid, "it is a plan: {:?}", judge(&document).faults);
    assert_eq!(
        parse_text("\u{feff}{\"goal\": 1}").expect("this is JSON"),
        json!({"goal": 1}),
        "a byte order mark is no content"
    );
    assert_eq!(parse_text("{goal: x}").expect("braces are YAML too"), json!({"goal": "x"}), "flow style is accepted");
    for (text, rule, says) in [
        ("", "empty", "empty"),
        ("{\"goal\": }", "syntax", "JSON"),
        ("goal: [1", "syntax", "YAML"),
        ("a: 1\na: 2", "syntax", "YAML"),
    ] {
        let found = parse_text(text).expect_err("this is neither");
        assert_eq!(found[0].rule, rule, "{text:?} is refused");
        assert!(found[0].message.contains(says), "the message names it: {}", found[0].message);
    }
    let long = format!("goal: {}", "x".repeat(1024 * 1024));
    assert_eq!(parse_text(&long).expect_err("this is too long")[0].rule, "too_large", "size is bounded");
}

#[test]
fn bombs_do_not_go_off() {
    let mut laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}", level - 1);
        let _infallible = writeln!(laughs, "a{level}: &a{level} [{}]", vec![before; 10].join(", "));
    }
    assert_eq!(parse_text(&laughs).expect_err("this would be 10^12 texts")[0].rule, "syntax", "aliases are bounded");

    let big = format!("a: &a {}\nb: [{}]\n", "x".repeat(500_000), vec!["*a"; 100_000].join(", "));
    assert!(parse_text(&big).is_err(), "a long text cannot be multiplied");
    for deep in ["[".repeat(100_000), "{\"a\":".repeat(100_000), "- ".repeat(100_000), "? ".repeat(100_000)] {
        assert!(parse_text(&deep).is_err(), "depth is bounded in any style");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        Just("goal"),
        Just("steps"),
        Just("name"),
        Just("tool"),
        Just("inputs"),
        Just("depends_on"),
        Just("_dependsOn"),
        Just("retry"),
        Just("timeout"),
        Just("argv"),
        Just("env"),
        Just("headers"),
        Just("url"),
        Just("messages"),
        Just("expect"),
        Just("from_step"),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        prop_oneof![Just("shell"), Just("http"), Just("ai"), Just("gate:x"), Just("manual:y"), Just("5m"), Just("a")]
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 8, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::btree_map(word.clone().prop_map(str::to_owned), inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_document_breaks_the_reader(document in any_json()) {
        let preview = judge(&document);
        prop_assert_eq!(preview.valid, preview.faults.is_empty(), "valid means without fault");
    }

    #[test]
    fn no_step_breaks_the_reader(tool in "shell|http|ai|gate:x|manual:y|wait|echo|fail", fields in any_json(), inputs in any_json()) {
        let mut step = json!({"name": "a", "tool": tool, "inputs": inputs});
        for (name, value) in fields.as_object().into_iter().flatten() {
            step[name] = value.clone();
        }
        let preview = judge(&json!({"goal": "g", "steps": [step]}));
        prop_assert_eq!(preview.layers.is_empty(), !preview.valid, "layers are for valid plans only");
    }

    #[test]
    fn no_text_breaks_the_parser(text in "[\\{\\}\\[\\]:&*a-c0-9\"'\\- \n!|>?%@,#]{0,200}") {
        match parse_text(&text) {
            Ok(document) => drop(judge(&document)),
            Err(found) => prop_assert_eq!(found.len(), 1, "one reason"),
        }
    }
}
