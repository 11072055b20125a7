//! Two people with a window each: one founds a team and invites the other, who keeps the session in a real keychain.

use crate::{
    driver::{Driver, Window},
    plane::Plane,
    session,
};
use std::path::Path;

const TEAM: &str = "harbour lights";
const EMAIL: &str = "ana.berg@harbour.example";
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
    window.find("the name of the team", &format!("//h1[contains(., {TEAM:?})]")).await;
}

async fn tells(window: &Window, text: &str) {
    window.find(text, &format!("//*[not(self::script) and contains(normalize-space(text()), {text:?})]")).await;
}

/// Founds the team and gives back the invitation, which is shown once.
async fn found_and_invite(operator: &Window) -> String {
    operator.reads("Start a run, or connect a control plane").await;
    operator.go("teams").await;
    operator.press("Make 1 team").await;
    operator.fill("the name", &field("Name"), TEAM).await;
    act(operator, "the harbour gets lights", "Make 1 team").await;
    operator.find("the team", &format!("//h1[contains(., {TEAM:?})]")).await;
    operator.press("Invite 1 person").await;
    operator.fill("the address", &field("E-mail address"), EMAIL).await;
    choose(operator, "Viewer").await;
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

async fn take_up(ana: &Window, address: &str, invitation: &str) {
    ana.reads("Start a run, or connect a control plane").await;
    ana.go("connections").await;
    ana.press("Connect a plane").await;
    ana.fill("the address", &field("Address"), address).await;
    ana.fill("the name", &field("Name"), "pier").await;
    ana.confirm("Connect 1 control plane").await;
    ana.confirm("Sign in on pier").await;
    choose(ana, "I have an invitation").await;
    ana.fill("the invitation", &field("Invitation"), invitation).await;
    ana.fill("the name", &field("Your name"), "Ana Berg").await;
    ana.fill("the password", &field("New password"), "four calm words at sea").await;
    ana.picture("team-sign-in").await;
    ana.confirm("Accept 1 invitation").await;
    is_signed_in(ana).await;
}

async fn is_signed_in(ana: &Window) {
    tells(ana, "ana.berg@harbour.example, viewer of harbour lights").await;
    tells(ana, "OS keychain").await;
}

async fn is_refused(window: &Window, needs: &str, who: &str) {
    tells(window, &format!("this needs the permission `{needs}` in the team")).await;
    tells(window, &format!("Ask somebody who has it: usually {who}.")).await;
}

/// Where the page knows it, it says who may; where only the plane does, its words are shown.
async fn a_viewer_is_refused(ana: &Window) {
    open_team(ana).await;
    let why = "Only an owner or admin may invite; you are a viewer";
    ana.find(why, &format!("//button[@aria-disabled='true' and contains(., {why:?})]")).await;
    ana.go("runs").await;
    ana.press("Start run").await;
    ana.click("pier", &format!("{}/option[.='pier']", field("Where"))).await;
    ana.press("Your own plan").await;
    ana.fill("the plan", &field("Plan"), PLAN).await;
    is_refused(ana, "write", "owner, admin, member").await;
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
        (format!("{EMAIL} tried to approve run_"), "", "Refused: forbidden"),
        (format!("{EMAIL} started run_"), "trim the north lamp", "Done"),
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
    let invitation = found_and_invite(&operator).await;

    let ana = Window { client: drivers[1].session().await, pictures: pictures.clone() };
    take_up(&ana, &plane.address, &invitation).await;
    ana.client.clone().close().await.expect("the window closes");
    let ana = Window { client: drivers[1].session().await, pictures };
    ana.go("connections").await;
    ana.press("pier").await;
    is_signed_in(&ana).await;

    a_viewer_is_refused(&ana).await;
    change_the_role(&operator).await;
    ana.press("Try again").await;
    ana.confirm("Start 1 run").await;
    ana.find("the run", "//h1[contains(., 'trim the north lamp')]").await;
    ana.press("Approve 1 gate").await;
    is_refused(&ana, "admin", "owner, admin").await;
    ana.picture("team-refused").await;
    the_audit_tells_it_all(&operator).await;
    for window in [ana, operator] {
        window.client.close().await.expect("the window closes");
    }
}
