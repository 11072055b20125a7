//! Templates filled for real folders and addresses; what comes out is a plan without fault.

use super::{FILES, File, fill, list};
use crate::{
    plan,
    tools::{AiEndpoints, Prices, ProcessEnvironment, Registry, SecretSource, Toolbox, breakers::BreakerSet},
};
use domain::{Secret, SystemClock};
use serde_json::{Map, Value, json};
use std::{path::Path, sync::Arc};

#[derive(Debug)]
struct NoSecrets;

#[async_trait::async_trait]
impl SecretSource for NoSecrets {
    async fn get(&self, _name: &str) -> Option<Secret> {
        None
    }
}

fn tools() -> Registry {
    Registry::new(Toolbox {
        secrets: Arc::new(NoSecrets),
        environment: Arc::new(ProcessEnvironment),
        ai: AiEndpoints::default(),
        prices: Prices::built_in(),
        ai_retry: reliability::retry::RetryPolicy::ai(),
        random: reliability::Random::seeded(1),
        breakers: Arc::new(BreakerSet::new(Arc::new(SystemClock))),
    })
}

fn values(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("the test means an object, not {other}"),
    }
}

/// Names and tools of the steps of a filled template, which must be a plan without fault.
async fn filled(id: &str, given: Value) -> Vec<(String, String)> {
    let document = fill(id, &values(given)).await.expect("the values are good");
    let preview = plan::read(&document, &tools());
    assert_eq!(preview.faults, [], "{id} makes a plan without fault");
    preview.plan.expect("it was read").steps.into_iter().map(|step| (step.name, step.tool)).collect()
}

async fn rules(id: &str, given: Value) -> Vec<(String, String)> {
    let faults = fill(id, &values(given)).await.expect_err("the values are bad");
    faults.into_iter().map(|fault| (fault.path, fault.rule)).collect()
}

fn pair(path: &str, rule: &str) -> (String, String) {
    (path.to_owned(), rule.to_owned())
}

#[test]
fn every_file_is_a_template() {
    for file in FILES {
        serde_json::from_str::<File>(file).expect("the file is a template");
    }
    let ids: Vec<_> = list().into_iter().map(|template| template.id).collect();
    assert_eq!(
        ids,
        ["verify-repository", "http-smoke", "ask-model"],
        "all are listed, in the order of the first-run screen"
    );
}

#[tokio::test]
async fn blanks_become_plans() {
    let smoke = filled("http-smoke", json!({"url": "http://127.0.0.1:1/health", "status": "204"})).await;
    assert_eq!(smoke[1], pair("status is 204", "gate:status"), "the values are filled in");
    let ask = filled("ask-model", json!({"prompt": "What is \"{{model}}\"?\nAnd why?"})).await;
    assert_eq!(ask.last(), Some(&pair("accept the answer", "manual:answer")), "a person has the last word");
}

#[tokio::test]
async fn bad_values_are_all_named() {
    assert_eq!(rules("nope", json!({})).await, [pair("", "unknown_template")], "an unknown template");
    assert_eq!(
        rules("http-smoke", json!({"url": "example.org", "status": 200, "extra": "x"})).await,
        [pair("url", "not_a_url"), pair("status", "wrong_type"), pair("extra", "unknown_field")],
        "every fault at once"
    );
    assert_eq!(rules("ask-model", json!({"prompt": "  "})).await, [pair("prompt", "required")], "blank is missing");
}

#[tokio::test]
async fn a_folder_is_planned_by_what_it_holds() {
    let folder = tempfile::tempdir().expect("a temp dir");
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("it can be written");
    std::fs::create_dir(folder.path().join(".git")).expect("it can be made");
    put("Cargo.toml", "[package]");
    put("package.json", r#"{"scripts": {"test": "vitest", "lint": "eslint ."}}"#);
    put("pyproject.toml", "[tool.pytest.ini_options]\n[tool.ruff]\n");
    put("go.mod", "module x");
    put("Makefile", "PATH := x\n.PHONY: test\nbuild: \n\tcc\nfmt test: build\n\ttrue\n");
    let steps = filled("verify-repository", json!({"folder": folder.path().to_str()})).await;
    let tools: Vec<_> = steps.iter().map(|(_, tool)| tool.as_str()).collect();
    assert_eq!(
        tools,
        [
            "shell",
            "gate:diff",
            "gate:format-rust",
            "gate:test-rust",
            "gate:lint-js",
            "gate:test-js",
            "gate:test-python",
            "gate:format-python",
            "gate:vet-go",
            "gate:test-go",
            "gate:test-make",
            "manual:sign-off",
        ],
        "every check that the folder calls for, and a person's word at the end"
    );

    put("package.json", r#"{"scripts": {"test": "echo \"Error: no test specified\" && exit 1"}}"#);
    put("Makefile", "test := 1\n\ttest: x\n# test: y\ncontest: z\n");
    for name in ["Cargo.toml", "pyproject.toml", "go.mod"] {
        std::fs::remove_file(folder.path().join(name)).expect("it is there");
    }
    let steps = filled("verify-repository", json!({"folder": folder.path().to_str()})).await;
    assert_eq!(steps.len(), 3, "what is not really there is not planned: {steps:?}");
}

#[tokio::test]
async fn a_folder_that_is_no_repository_is_refused() {
    let folder = tempfile::tempdir().expect("a temp dir");
    let fault = |path: &Path| {
        let given = json!({"folder": path.to_str()});
        async move { rules("verify-repository", given).await }
    };
    assert_eq!(fault(&folder.path().join("gone")).await, [pair("folder", "not_found")], "it is not there");
    assert_eq!(fault(folder.path()).await, [pair("folder", "nothing_to_verify")], "it is empty");
    assert_eq!(fault(Path::new("here")).await, [pair("folder", "relative_path")], "whose folder would it be");
    let file = folder.path().join("file");
    std::fs::write(&file, "").expect("it can be written");
    assert_eq!(fault(&file).await, [pair("folder", "not_a_folder")], "a file is no folder");
}
