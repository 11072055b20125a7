//! Who may do what, whole: every operation of the API, asked for by every kind of caller, of their own team and of another.
//!
//! Each cell is a real request. Bodies and queries are such that nothing is carried out: whoever is let through the door is
//! told by the handler that the request has a fault. What came out is compared with `permission-matrix.txt`, which people
//! read; `UPDATE_MATRIX=1` writes it anew, to be read again before it is committed.

use crate::plane::{Plane, operator};
use control_plane_api::{Method, Operation};
use domain::{NewApiKey, Permission, Role, Secret, TeamAct};
use engine::{
    Introduction,
    accounts::{HOME, Scope},
};
use serde_json::json;
use server::TierPolicies;
use std::{collections::BTreeMap, fmt::Write as _, io::Write as _};

/// Callers by name, with what each shows.
type Callers = Vec<(&'static str, Shown)>;

#[derive(Debug, Clone)]
enum Shown {
    Nothing,
    Bearer(String),
    Socket,
}

/// Two teams with something in each.
struct Town {
    plane: Plane,
    socket: reqwest::Client,
    /// Run, team and key of the callers' team, and of another.
    own: [String; 3],
    other: [String; 3],
    callers: Callers,
}

async fn team(plane: &Plane, name: &str) -> String {
    let create = TeamAct::Create { name: name.to_owned(), billing_email: None };
    plane.engine.act_on_team(&create, None, &operator()).await.expect("a team");
    let teams = plane.engine.teams(&operator().caller).await.expect("teams");
    teams.into_iter().find(|team| team.name == name).expect("the team").id
}

/// Makes somebody a member and signs them in.
async fn person(plane: &Plane, team: &str, name: &str, role: Role) -> String {
    let invited_as = if role == Role::Owner { Role::Admin } else { role };
    let email = format!("{name}@example.org");
    let invite = TeamAct::Invite { team: team.to_owned(), email: email.clone(), role: invited_as };
    let token = plane.engine.act_on_team(&invite, None, &operator()).await.expect("an invitation").expect("a token");
    let password = Secret::new("a password of many words".to_owned());
    let introduction = Introduction { name: Some(name.to_owned()), password };
    let signed_in = plane.engine.accept_invitation(&token, &introduction, &"c".into()).await.expect("a session");
    if role == Role::Owner {
        let people = plane.engine.team_people(&team.into(), &operator().caller).await.expect("people");
        let member = people.members.into_iter().find(|member| member.email.as_deref() == Some(&*email));
        let member = member.expect("the member").id;
        let transfer = TeamAct::TransferOwnership { team: team.to_owned(), member };
        plane.engine.act_on_team(&transfer, None, &operator()).await.expect("an owner");
    }
    signed_in.tokens.access.expose().to_owned()
}

async fn key(plane: &Plane, team: Option<&str>, name: &str, permissions: &[Permission]) -> (String, String) {
    let new = NewApiKey {
        name: name.to_owned(),
        team: team.map(str::to_owned),
        permissions: permissions.to_vec(),
        expires_at: None,
    };
    let made = plane.engine.create_api_key(&new, None, &operator()).await.expect("a key");
    (made.key.id, made.secret.expose().to_owned())
}

impl Town {
    async fn found() -> Self {
        let unlimited = |mut policy: reliability::rate_limit::RatePolicy| {
            policy.limit = 1_000_000;
            policy
        };
        let plane = Plane::start_with(|mut config| {
            let usual = TierPolicies::default();
            config.limits = TierPolicies {
                open: unlimited(usual.open),
                general: unlimited(usual.general),
                sign_in: unlimited(usual.sign_in),
                expensive: unlimited(usual.expensive),
                admin: unlimited(usual.admin),
                webhooks: unlimited(usual.webhooks),
            };
            config
        })
        .await;
        let path = plane.listen_locally().await;
        let socket = reqwest::Client::builder().unix_socket(path).build().expect("a client");
        let (own, other) = (team(&plane, "own").await, team(&plane, "other").await);
        let mut things = Vec::new();
        for team in [&own, &other] {
            let plan = crate::plane::gated();
            let new = engine::NewRun { plan, template: None, team: (&**team).into(), idempotency_key: None };
            let run = plane.engine.create_run(new, &operator()).await.expect("a run").run.summary.id.to_string();
            things.push([run, team.clone(), key(&plane, Some(team), "a key", &[Permission::Read]).await.0]);
        }
        let mut callers: Callers = vec![("nobody", Shown::Nothing), ("operator", Shown::Socket)];
        for (name, role) in
            [("owner", Role::Owner), ("admin", Role::Admin), ("member", Role::Member), ("viewer", Role::Viewer)]
        {
            callers.push((name, Shown::Bearer(person(&plane, &own, name, role).await)));
        }
        for (name, role) in [("home admin", Role::Admin), ("home member", Role::Member), ("home viewer", Role::Viewer)]
        {
            let token = person(&plane, HOME, &name.replace(' ', "."), role).await;
            callers.push((name, Shown::Bearer(token)));
        }
        for permission in Permission::ALL {
            let name = match permission {
                Permission::Read => "key read",
                Permission::Write => "key write",
                Permission::Delete => "key delete",
                Permission::Admin => "key admin",
            };
            callers.push((name, Shown::Bearer(key(&plane, Some(&own), name, &[*permission]).await.1)));
        }
        callers.push(("plane key", Shown::Bearer(plane.token.clone())));
        callers.push(("plane key read", Shown::Bearer(key(&plane, None, "reader", &[Permission::Read]).await.1)));
        let [own, other] = <[_; 2]>::try_from(things).expect("two teams");
        Self { plane, socket, own, other, callers }
    }

    /// What comes of an operation on these things.
    async fn ask(&self, operation: Operation, [run, team, key]: &[String; 3], shown: &Shown) -> &'static str {
        let path: Vec<_> = operation
            .path()
            .split('/')
            .map(|part| match part {
                "{run}" => run.as_str(),
                "{team}" => team.as_str(),
                "{key}" => key.as_str(),
                part if part.starts_with('{') => "never-was",
                part => part,
            })
            .collect();
        let path = format!("{}?never_known=1", path.join("/"));
        let request = match shown {
            Shown::Socket => self
                .socket
                .request(operation.method().as_str().parse().expect("a method"), format!("http://localhost{path}")),
            _ => self.plane.bare(operation.method().as_str(), &path),
        };
        let request = match shown {
            Shown::Bearer(token) => request.bearer_auth(token),
            Shown::Nothing | Shown::Socket => request,
        };
        let request = match operation.method() {
            Method::Post => request.json(&json!({ "never_known": true })),
            Method::Get => request,
        };
        let response = request.send().await.expect("an answer");
        let is_stream = response.headers().get("content-type").is_some_and(|kind| kind == "text/event-stream");
        match response.status().as_u16() {
            401 => "401",
            403 => "403",
            404 => "404",
            200 | 422 if !is_stream => "yes",
            // Not to be found in the table that people read.
            _ => "?",
        }
    }
}

/// Operations without a body and without parameters that are carried out when they are let through: asked for by a session of
/// their own.
fn ends_the_session(operation: Operation) -> bool {
    matches!(operation, Operation::SignOut | Operation::SignOutEverywhere)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_is_for_those_it_is_meant_for_and_for_nobody_else() {
    let town = Town::found().await;
    let mut table = String::new();
    let mut cells = 0_u32;
    let mut found: BTreeMap<(&str, &str, &str), &str> = BTreeMap::new();
    for (whose, things) in [("own", &town.own), ("other", &town.other)] {
        let _ = writeln!(table, "\n## Of {} team\n", if whose == "own" { "their own" } else { "another" });
        let _ = write!(table, "{:24}", "");
        for (name, _) in &town.callers {
            let _ = write!(table, " {name:>14}");
        }
        table.push('\n');
        for &operation in Operation::ALL {
            let _ = write!(table, "{:24}", operation.id());
            for (name, shown) in &town.callers {
                let shown = match shown {
                    Shown::Bearer(token) if ends_the_session(operation) && token.starts_with("bwa_") => {
                        let email = format!("{}@example.org", name.replace(' ', "."));
                        let password = Secret::new("a password of many words".to_owned());
                        let signed_in = town.plane.engine.sign_in(&email, &password, &"c".into()).await;
                        Shown::Bearer(signed_in.expect("a session").tokens.access.expose().to_owned())
                    }
                    shown => shown.clone(),
                };
                // Everywhere means everywhere, also the session of the cells that follow.
                let cell = if operation == Operation::SignOutEverywhere
                    && matches!(&shown, Shown::Bearer(token) if token.starts_with("bwa_"))
                {
                    "yes"
                } else {
                    town.ask(operation, things, &shown).await
                };
                let _ = write!(table, " {cell:>14}");
                found.insert((operation.id(), whose, name), cell);
                cells += 1;
            }
            table.push('\n');
        }
    }
    let _ = writeln!(std::io::stderr(), "permission matrix: {cells} cells, {} operations", Operation::ALL.len());
    let table = format!(
        "Who may do what. `yes` is let through the door; 401 is asked who they are, 403 is told that they may not,\n404 is told that there is no such thing.\n{cells} cells.\n{table}"
    );
    rules_hold(&found);

    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/http/permission-matrix.txt");
    if std::env::var_os("UPDATE_MATRIX").is_some() {
        std::fs::write(file, &table).expect("the matrix is written");
    }
    let expected = std::fs::read_to_string(file).unwrap_or_default();
    let differing: Vec<_> = table.lines().zip(expected.lines()).filter(|(now, before)| now != before).collect();
    assert!(
        table == expected,
        "somebody may now do more or less; read the lines and write the matrix anew if that is meant:\n{differing:#?}"
    );
    let state = town.plane.engine.verify_audit(None).await.expect("the audit is read");
    assert!(state.whole, "what was refused is in a whole chain: {state:?}");
    let page = town.plane.engine.audit(&Scope::Everywhere, None, 1_000).await.expect("the audit is read");
    assert!(page.items.len() > 100, "refusals are in the audit");
}

/// What must hold whatever the table of operations says.
fn rules_hold(found: &BTreeMap<(&str, &str, &str), &str>) {
    let cell =
        |operation: Operation, whose: &'static str, caller: &'static str| found[&(operation.id(), whose, caller)];
    for (place, cell) in found {
        assert_ne!(*cell, "?", "{place:?} answers something that says nothing of who may");
    }
    for &operation in Operation::ALL {
        let id = operation.id();
        for whose in ["own", "other"] {
            let is_open = cell(operation, whose, "nobody") == "yes";
            assert_eq!(is_open, operation.is_open(), "{id}: only what is open is for strangers");
            for (less, more) in [
                ("viewer", "member"),
                ("member", "admin"),
                ("admin", "owner"),
                ("home viewer", "home member"),
                ("home member", "home admin"),
                ("plane key read", "plane key"),
            ] {
                let grows = cell(operation, whose, less) != "yes" || cell(operation, whose, more) == "yes";
                assert!(grows, "{id}: what a {less} may, a {more} may");
            }
        }
        let names_a_thing = operation.path().contains("{run}")
            || operation.path().contains("{team}")
            || operation.path().contains("{key}");
        if names_a_thing {
            for stranger in ["owner", "admin", "member", "viewer", "key read", "key write", "key delete", "key admin"] {
                assert_eq!(
                    cell(operation, "other", stranger),
                    "404",
                    "{id}: another team's is not there for a {stranger}"
                );
            }
        }
        if operation.acts() && !operation.is_open() {
            for reader in ["viewer", "key read", "plane key read"] {
                let harmless =
                    matches!(operation, Operation::LeaveTeam | Operation::SignOut | Operation::SignOutEverywhere);
                assert!(harmless || cell(operation, "own", reader) != "yes", "{id}: a {reader} only looks");
            }
        }
    }
}
