//! Two people with a window each: one founds a team and invites the other, who keeps the session in a real keychain.

use crate::{
    driver::{Driver, Window},
    plane::Plane,
    session,
};
use std::path::Path;

const TEAM: &str = "harbour lights";
/// Another team of the same plane, in which Ana may do more: then only the plane knows what she may do to a run.
const OTHER: &str = "south pier";
const EMAIL: &str = "ana.berg@harbour.example";
const GOAL: &str = "trim the north lamp";
const PLAN: &str = r#"{"goal": "trim the north lamp", "steps": [
  {"name": "release", "tool": "manual:release", "inputs": {"question": "Light it up?"}}]}"#;

/// The field of a dialog, by the beginning of its label.
fn field(label: &str) -> String {
    format!("//*[@role='dialog']//*[@id=//*[@role='dialog']//label[starts-with(normalize-space(.), {label:?})]/@for]")
}

async fn act(window: &Window, reason: &str, confirm: &str) {
    window.fill("the reason", &field("Reason"), reason).await;
    window.confirm(confirm).await;
}

async fn choose(window: &Window, label: &str) {
    window.click(label, &format!("//*[@role='dialog']//label[contains(., {label:?})]")).await;
}

async fn open_team(window: &Window) {
    window.go("teams").await;
    window.click("the team", &format!("//nav[@aria-label='Teams']//a[.={TEAM:?}]")).await;
    heading(window, TEAM).await;
}

async fn heading(window: &Window, text: &str) {
    window.find(text, &format!("//h1[contains(., {text:?})]")).await;
}

async fn tells(window: &Window, text: &str) {
    window.find(text, &format!("//*[not(self::script) and contains(normalize-space(text()), {text:?})]")).await;
}

/// Founds a team and gives back the invitation, which is shown once.
async fn found_and_invite(operator: &Window, team: &str, role: &str) -> String {
    operator.go("teams").await;
    operator.press("Make 1 team").await;
    operator.fill("the name", &field("Name"), team).await;
    act(operator, "the harbour gets lights", "Make 1 team").await;
    heading(operator, team).await;
    operator.press("Invite 1 person").await;
    operator.fill("the address", &field("E-mail address"), EMAIL).await;
    choose(operator, role).await;
    act(operator, "she keeps the watch", "Invite 1 person").await;
    let shown = operator
        .find(
            "the invitation",
            "//input[@readonly and starts-with(@id, //label[starts-with(., 'Invitation of')]/@for)]",
        )
        .await;
    let invitation = shown.prop("value").await.expect("it can be read").expect("it is there");
    operator.picture("team-invitation").await;
    operator.press("Close and forget").await;
    invitation
}

async fn start_a_run(operator: &Window) {
    operator.go("runs").await;
    operator.press("Start run").await;
    operator.click("the team", &format!("{}/option[.={TEAM:?}]", field("Team"))).await;
    operator.press("Your own plan").await;
    operator.fill("the plan", &field("Plan"), PLAN).await;
    operator.confirm("Start 1 run").await;
    heading(operator, GOAL).await;
}

async fn connect(ana: &Window, address: &str) {
    ana.reads("Start a run, or connect a control plane").await;
    ana.go("connections").await;
    ana.press("Connect a plane").await;
    ana.fill("the address", &field("Address"), address).await;
    ana.fill("the name", &field("Name"), "pier").await;
    ana.confirm("Connect 1 control plane").await;
    ana.confirm("Sign in on pier").await;
}

async fn take_up(ana: &Window, invitation: &str) {
    choose(ana, "I have an invitation").await;
    ana.fill("the invitation", &field("Invitation"), invitation).await;
    ana.fill("the name", &field("Your name"), "Ana Berg").await;
    ana.fill("the password", &field("New password"), "four calm words at sea").await;
    ana.picture("team-sign-in").await;
    ana.confirm("Accept 1 invitation").await;
}

async fn is_signed_in(ana: &Window, standing: &str) {
    tells(ana, standing).await;
    tells(ana, "OS keychain").await;
}

async fn open_the_run(ana: &Window) {
    ana.go("runs").await;
    ana.click("the run", &format!("//*[@role='gridcell'][@title={GOAL:?}]")).await;
    ana.click("the way to it", "//a[starts-with(normalize-space(.), 'Open')]").await;
    heading(ana, GOAL).await;
}

async fn is_not_offered(window: &Window, why: &str) {
    window.find(why, &format!("//button[@aria-disabled='true' and contains(., {why:?})]")).await;
}

async fn a_viewer_is_told_who_may(ana: &Window) {
    open_team(ana).await;
    is_not_offered(ana, "Only an owner or admin may invite; you are a viewer").await;
    open_the_run(ana).await;
    is_not_offered(ana, "this takes the permission to change in harbour lights on pier").await;
}

async fn is_refused_by_the_plane(ana: &Window) {
    open_the_run(ana).await;
    ana.press("Cancel 1 run").await;
    act(ana, "the lamp smokes", "Cancel 1 run").await;
    tells(ana, "this needs the permission `write` in the team").await;
    tells(ana, "Ask somebody who has it: usually owner, admin, member.").await;
    ana.picture("team-refused").await;
}

async fn change_the_role(operator: &Window) {
    open_team(operator).await;
    operator.click("her role", "//button[@aria-label='Role of Ana Berg: Viewer']").await;
    choose(operator, "Member").await;
    act(operator, "she knows the lamps", "Change 1 role").await;
    operator.find("her new role", "//button[@aria-label='Role of Ana Berg: Member']").await;
}

async fn the_audit_tells_it_all(operator: &Window) {
    let audit = "//section[@aria-labelledby=//h2[.='Audit']/@id]";
    for (did, reason, outcome) in [
        (format!("{EMAIL} cancelled run_"), "\"the lamp smokes\"", "Done"),
        (format!("{EMAIL} tried to cancel run_"), "", "Refused: forbidden"),
        (format!("changed the role of {EMAIL}"), "viewer → member, \"she knows the lamps\"", "Done"),
        (format!("{EMAIL} took up the invitation"), "as viewer", "Done"),
        (format!("invited {EMAIL}"), "as viewer, \"she keeps the watch\"", "Done"),
    ] {
        let entry =
            format!("{audit}//li[contains(., '{did}') and contains(., '{reason}') and contains(., '{outcome}')]");
        operator.find(&did, &entry).await;
    }
    operator.click("the chain", "//button[@aria-label='Verify the chain of the audit']").await;
    tells(operator, "chain whole, ").await;
    operator.picture("team-audit").await;
}

#[tokio::test]
#[ignore = "needs a display: cargo xtask test --only window"]
async fn somebody_is_invited_gets_another_role_and_is_refused_with_the_reason_in_real_windows() {
    if !session::is_inside("team::somebody_is_invited_gets_another_role_and_is_refused_with_the_reason_in_real_windows")
    {
        return;
    }
    let (harbour, flat) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let plane = Plane::start(harbour.path());
    let drivers = [Driver::start(harbour.path()), Driver::start(flat.path())];
    let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/window");
    let operator = Window { client: drivers[0].session().await, pictures: pictures.clone() };
    operator.reads("Start a run, or connect a control plane").await;
    let second = found_and_invite(&operator, OTHER, "Member").await;
    let first = found_and_invite(&operator, TEAM, "Viewer").await;
    start_a_run(&operator).await;

    let ana = Window { client: drivers[1].session().await, pictures: pictures.clone() };
    connect(&ana, &plane.address).await;
    take_up(&ana, &first).await;
    is_signed_in(&ana, "viewer of harbour lights").await;
    ana.client.clone().close().await.expect("the window closes");
    let ana = Window { client: drivers[1].session().await, pictures };
    ana.go("connections").await;
    ana.press("pier").await;
    is_signed_in(&ana, "viewer of harbour lights").await;

    a_viewer_is_told_who_may(&ana).await;
    ana.go("connections").await;
    ana.press("pier").await;
    ana.press("Sign in again").await;
    take_up(&ana, &second).await;
    is_signed_in(&ana, "member of south pier").await;
    is_refused_by_the_plane(&ana).await;
    change_the_role(&operator).await;
    ana.confirm("Cancel 1 run").await;
    ana.reads("Cancelled").await;
    the_audit_tells_it_all(&operator).await;
    for window in [ana, operator] {
        window.client.close().await.expect("the window closes");
    }
}
