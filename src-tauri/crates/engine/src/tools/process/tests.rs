//! `shell` and `gate:` with real processes: what they print, how they end, and that nothing of them stays.

use crate::tools::{
    Tool, ToolCall, ToolFailure, ToolOutcome,
    gate::Gate,
    given::tests::sources,
    rehearsal::{Remembered, call, eventually, object},
    shell::Shell,
};
use domain::LogStream;
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use tokio::task::JoinHandle;

type Ran = Result<ToolOutcome, ToolFailure>;

fn shell() -> Shell {
    Shell { sources: sources(&[("deploy", "very-secret-value")]) }
}

async fn run(inputs: Value) -> (Ran, Arc<Remembered>) {
    let (call, log) = call("shell", inputs);
    (shell().run(call).await, log)
}

fn start(inputs: Value) -> (JoinHandle<Ran>, ToolCall, Arc<Remembered>) {
    let (call, log) = call("shell", inputs);
    let task = tokio::spawn({
        let call = call.clone();
        async move { shell().run(call).await }
    });
    (task, call, log)
}

/// Whether a process is gone. A zombie whose parent does not look after it is as good as gone.
fn is_gone(id: i32) -> bool {
    match std::fs::read_to_string(format!("/proc/{id}/stat")) {
        Ok(stat) => stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z')),
        Err(_) => rustix::process::Pid::from_raw(id).is_none_or(|pid| rustix::process::test_kill_process(pid).is_err()),
    }
}

async fn wait_until_gone(id: i32, why: &str) {
    eventually(why, || is_gone(id).then_some(())).await;
}

#[tokio::test]
async fn output_is_streamed_and_the_exit_code_decides() {
    let (ran, log) = run(json!({"argv": ["sh", "-c", "echo out; echo err >&2; printf 'no end'"]})).await;
    let outcome = ran.expect("exit code 0 is a good end");
    assert_eq!(outcome.exit_code, Some(0), "the exit code is recorded");
    assert_eq!(outcome.output["stdout_tail"], "out\nno end\n", "the end of the output is handed on");
    assert_eq!(log.text(LogStream::Stdout), "out\nno end\n", "a last line without an end is a line");
    assert_eq!(log.text(LogStream::Stderr), "err\n", "the two streams are kept apart");

    let failed = run(json!({"script": "exit 3"})).await.0.expect_err("3 is not 0");
    assert_eq!((failed.failure.code.as_str(), failed.exit_code), ("exit_code", Some(3)), "the code is told");
    assert!(failed.failure.retryable, "a command may end well the next time");
}

#[tokio::test]
async fn what_cannot_start_says_why() {
    let file = tempfile::NamedTempFile::new().expect("a temp file");
    for (inputs, says) in [
        (json!({"argv": ["breakwater-no-such-command"]}), "breakwater-no-such-command was not found"),
        (json!({"argv": ["true"], "cwd": "/no/such/folder"}), "/no/such/folder does not exist"),
        (json!({"argv": [file.path().to_str()]}), "may not be executed"),
    ] {
        let failed = run(inputs.clone()).await.0.expect_err("it cannot start");
        assert_eq!(failed.failure.code, "not_started", "{inputs} does not start");
        assert!(failed.failure.message.contains(says), "the reason is named: {}", failed.failure.message);
        assert!(
            !failed.failure.retryable && failed.failure.remedy.is_some(),
            "trying again is no remedy, but there is one"
        );
    }
}

#[tokio::test]
async fn a_command_sees_only_what_it_is_given() {
    let inputs = json!({"argv": ["env"], "env": {"A": "1", "DEPLOY_TOKEN": {"from_keychain": "deploy"}}});
    let (ran, log) = run(inputs).await;
    ran.expect("env ends well");
    let printed = log.text(LogStream::Stdout);
    let mut names: Vec<_> = printed.lines().filter_map(|line| line.split('=').next()).collect();
    names.sort_unstable();
    assert_eq!(names, ["A", "BREAKWATER_ATTEMPT", "DEPLOY_TOKEN", "PATH"], "nothing else is passed on");
    assert!(printed.contains("DEPLOY_TOKEN=[redacted]"), "a secret does not come back in the log: {printed}");

    let inputs = json!({"argv": ["env"], "env_allow": ["PATH", "SPARE", "SPARE_ACCESS_KEY"]});
    let (ran, log) = run(inputs).await;
    let output = ran.expect("env ends well").output.to_string();
    let printed = log.text(LogStream::Stdout);
    assert!(printed.contains("SPARE_ACCESS_KEY=[redacted]"), "a secret that is passed on is hidden: {printed}");
    assert!(!output.contains("passed-on-secret"), "in what is handed on as well: {output}");
    assert!(printed.contains("SPARE=from-the-environment"), "what is no secret by its name is shown: {printed}");

    let failed =
        run(json!({"argv": ["breakwater-no-such-command"], "env_allow": []})).await.0.expect_err("it is not found");
    assert!(failed.failure.remedy.is_some_and(|remedy| remedy.contains("env_allow")), "the remedy names the list");
}

#[tokio::test]
async fn numbers_and_truth_values_are_given_as_their_text() {
    let script = "echo \"$0 $1 $2 $PORT $DEBUG\"";
    let inputs = json!({"argv": ["sh", "-c", script, 7, true, -1.5], "env": {"PORT": 8080, "DEBUG": false}});
    let (ran, log) = run(inputs).await;
    ran.expect("echo ends well");
    assert_eq!(log.text(LogStream::Stdout), "7 true -1.5 8080 false\n", "as they are written");
}

#[tokio::test]
async fn the_output_of_an_earlier_step_can_be_read() {
    let (mut call, _log) = call("shell", json!({"argv": ["cat"], "stdin": {"from_step": "ask", "path": "text"}}));
    call.upstream = object(json!({"ask": {"text": "x".repeat(300_000)}}));
    let outcome = shell().run(call).await.expect("cat reads it all");
    assert_eq!(outcome.output["stdout_tail"].as_str().map(str::len), Some(4096), "the tail has its own limit");
}

#[tokio::test]
async fn output_over_the_cap_is_counted_and_the_cut_is_stated() {
    let inputs = json!({"script": "i=0; while [ $i -lt 300 ]; do echo 0123456789; i=$((i+1)); done; echo end", "max_output_bytes": 7400});
    let (ran, log) = run(inputs).await;
    let outcome = ran.expect("it ends well all the same");
    assert_eq!(
        log.text(LogStream::Stdout).len(),
        1100,
        "100 lines are kept: each counts for 10 bytes of text and 64 more"
    );
    let said = log.text(LogStream::System);
    assert!(
        said.contains("201 lines (2204 bytes) of output after the cut were not kept"),
        "the loss is stated: {said}"
    );
    assert_eq!(outcome.output["lost_bytes"], 2204, "and handed on");
    assert!(
        outcome.output["stdout_tail"].as_str().is_some_and(|tail| tail.ends_with("end\n")),
        "the end is kept all the same"
    );
}

#[tokio::test]
async fn a_flood_of_empty_lines_is_bounded_too() {
    let (ran, log) = run(json!({"script": "yes '' | head -c 100000", "max_output_bytes": 64_000})).await;
    ran.expect("it ends well all the same");
    assert_eq!(log.text(LogStream::Stdout).lines().count(), 1_000, "a line counts for more than its text");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn who_leaves_the_group_and_lets_go_of_its_output_ends_with_the_attempt_as_well() {
    let (ran, log) = run(json!({"script": "setsid sleep 300 >/dev/null 2>&1 & echo $!"})).await;
    ran.expect("the command itself ended well");
    let left: i32 = log.text(LogStream::Stdout).trim().parse().expect("it printed the id");
    wait_until_gone(left, "the end of the process that left the group").await;
    assert!(log.text(LogStream::System).contains("left behind"), "the log says so");
}

#[tokio::test]
async fn told_to_stop_the_whole_group_ends() {
    let (task, call, log) = start(json!({"script": "sh -c 'sleep 300 & echo $!; wait' & wait"}));
    let grandchild: i32 = log.wait_for(|line| line.parse().ok()).await;
    assert!(!is_gone(grandchild), "the grandchild is running before the stop");
    call.cancel.cancel();
    let failed = task.await.unwrap().expect_err("it was stopped");
    assert_eq!(failed.failure.code, "cancelled", "the failure says so");
    wait_until_gone(grandchild, "the end of the grandchild").await;
}

#[tokio::test]
async fn who_ignores_the_order_is_killed() {
    let (task, call, log) = start(json!({"script": "trap '' TERM; echo $$; while :; do sleep 0.2; done"}));
    let leader: i32 = log.wait_for(|line| line.parse().ok()).await;
    call.cancel.cancel();
    task.await.unwrap().expect_err("it was stopped");
    wait_until_gone(leader, "the end of the stubborn leader").await;
    assert!(log.text(LogStream::System).contains("is killed"), "the log says that it had to be killed");
}

#[tokio::test]
async fn what_a_command_leaves_behind_ends_with_it() {
    let (ran, log) = run(json!({"script": "sleep 300 & echo $!"})).await;
    ran.expect("the command itself ended well");
    let left: i32 = log.text(LogStream::Stdout).trim().parse().expect("it printed the id");
    wait_until_gone(left, "the end of the process that held the pipe").await;
    assert!(log.text(LogStream::System).contains("left behind"), "the log says so");
}

#[tokio::test]
async fn an_abandoned_attempt_leaves_nothing_running() {
    let (task, _call, log) = start(json!({"script": "sleep 300 & echo $!; wait"}));
    let child: i32 = log.wait_for(|line| line.parse().ok()).await;
    task.abort();
    wait_until_gone(child, "the end of the abandoned child").await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn who_leaves_the_group_is_found_by_the_marker() {
    let (task, call, log) = start(json!({"script": "setsid sh -c 'echo $$; exec sleep 300' & wait"}));
    let runaway: i32 = log.wait_for(|line| line.parse().ok()).await;
    call.cancel.cancel();
    task.await.unwrap().expect_err("it was stopped");
    wait_until_gone(runaway, "the end of the runaway").await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn orphans_are_found_by_their_prefix_and_others_are_left_alone() {
    let prefix = format!("test-{}", uuid::Uuid::new_v4());
    let sleeper = |marker: String| {
        let mut command = tokio::process::Command::new("sleep");
        command.arg("300").env(super::MARKER, marker).kill_on_drop(true).spawn().expect("sleep starts")
    };
    let (mut orphan, mut other) = (sleeper(format!("{prefix}/1")), sleeper(format!("other-{prefix}")));
    assert_eq!(crate::tools::orphans::kill_marked(&prefix).await, 1, "one process carries the prefix");
    let ended = tokio::time::timeout(Duration::from_secs(20), orphan.wait()).await.expect("the orphan ends").unwrap();
    assert_eq!(ended.code(), None, "a signal ended it");
    assert!(other.try_wait().unwrap().is_none(), "a marker that merely contains the prefix is another's");
    assert_eq!(crate::tools::orphans::kill_marked("").await, 0, "no prefix finds nothing, rather than everything");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_attempt_that_is_stopped_leaves_the_next_of_its_name_alone() {
    let (call, log) = call("shell", json!({"script": "echo ready; sleep 300"}));
    let mut twelfth = tokio::process::Command::new("sleep")
        .arg("300")
        .env(super::MARKER, format!("{}2", call.attempt_marker))
        .kill_on_drop(true)
        .spawn()
        .expect("sleep starts");
    let cancel = call.cancel.clone();
    let task = tokio::spawn(async move { shell().run(call).await });
    log.wait_for(|line| (line == "ready").then_some(())).await;
    cancel.cancel();
    task.await.unwrap().expect_err("it was stopped");
    assert!(twelfth.try_wait().unwrap().is_none(), "a longer marker is another attempt's");
}

#[tokio::test]
async fn a_gate_judges_every_criterion() {
    let judge = |inputs: Value| async move {
        let (call, _log) = call("gate:x", inputs);
        Gate { sources: sources(&[]) }.run(call).await
    };
    let script = "echo '{\"ok\": true}'; sleep 0.05; exit 2";
    let met = json!({"script": script, "pass": {"exit_code": 2, "stdout_contains": "ok", "stdout_json": {"ok": true}, "max_duration": "10m"}});
    assert_eq!(judge(met).await.expect("all criteria hold").exit_code, Some(2), "the wanted exit code passes");
    for (pass, says) in [
        (json!({}), "exit code 2 instead of 0"),
        (json!({"exit_code": 2, "stdout_contains": "bad"}), "does not contain"),
        (json!({"exit_code": 2, "stdout_json": {"ok": false}}), "not the wanted JSON"),
        (json!({"exit_code": 2, "max_duration": "1ms"}), "longer than 1ms"),
    ] {
        let failed =
            judge(json!({"script": script, "pass": pass.clone()})).await.expect_err("a criterion does not hold");
        assert_eq!(failed.failure.code, "gate_failed", "{pass} fails the gate");
        assert!(failed.failure.message.contains(says), "the criterion is named: {}", failed.failure.message);
    }
}

#[test]
fn faulty_inputs_are_all_named() {
    let faults = |inputs: Value| -> Vec<(String, String)> {
        shell().validate(&object(inputs)).into_iter().map(|fault| (fault.path, fault.rule)).collect()
    };
    let pair = |path: &str, rule: &str| (path.to_owned(), rule.to_owned());
    assert_eq!(faults(json!({})), [pair("argv", "required")], "something must be run");
    assert_eq!(faults(json!({"argv": []})), [pair("argv", "empty")], "and be named");
    assert_eq!(faults(json!({"argv": ["a"], "script": "b"})), [pair("script", "conflict")], "one way only");
    assert_eq!(
        faults(
            json!({"argv": ["a", []], "cwd": "here", "env": {"A": [], "DB_PASSWORD": 1234, "x=y": ""}, "comand": 1})
        ),
        [
            pair("argv[1]", "wrong_type"),
            pair("cwd", "relative_path"),
            pair("env.A", "wrong_type"),
            pair("env.DB_PASSWORD", "secret_in_plan"),
            pair("env[\"x=y\"]", "not_a_name"),
            pair("comand", "unknown_field"),
        ],
        "every fault at once"
    );
}
