//! A plane with people in teams, made without HTTP, so that what a test counts is its own.

use crate::plane::{Plane, Said, TurnableClock, operator};
use domain::{Role, Secret, TeamAct, TeamId};
use engine::{Introduction, TeamBounds, accounts::SignedIn};
use reliability::rate_limit::RatePolicy;
use serde_json::Value;
use server::TierPolicies;
use std::{ops::Deref, sync::Arc};

/// The password of everybody here.
pub(crate) const PASSWORD: &str = "four words for nobody";

/// A plane whose time can be turned, with limits that stand in nobody's way.
pub(crate) struct Town {
    plane: Plane,
    pub(crate) clock: Arc<TurnableClock>,
}

impl Deref for Town {
    type Target = Plane;

    fn deref(&self) -> &Plane {
        &self.plane
    }
}

/// Somebody with a session.
pub(crate) struct Person {
    pub(crate) email: String,
    /// The membership in the team that they joined.
    pub(crate) member: String,
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl Town {
    pub(crate) async fn new() -> Self {
        Self::bounded(TeamBounds::default()).await
    }

    pub(crate) async fn bounded(teams: TeamBounds) -> Self {
        let wide = RatePolicy { limit: 1_000_000, ..RatePolicy::flood() };
        let limits =
            TierPolicies { open: wide, general: wide, sign_in: wide, expensive: wide, admin: wide, webhooks: wide };
        Self::limited(teams, limits).await
    }

    pub(crate) async fn limited(teams: TeamBounds, limits: TierPolicies) -> Self {
        let clock = Arc::new(TurnableClock::default());
        let plane = Plane::start_at(Arc::<TurnableClock>::clone(&clock), teams, |mut config| {
            config.limits = limits;
            config
        });
        Self { plane: plane.await, clock }
    }

    /// Founds a team that nobody is in.
    pub(crate) async fn team(&self, name: &str) -> String {
        self.engine.found_team(name, None, None, &operator()).await.expect("a team").id
    }

    /// Invites somebody and gives what they accept with.
    pub(crate) async fn invitation(&self, team: &str, email: &str, role: Role) -> Secret {
        let invite = TeamAct::Invite { team: team.to_owned(), email: email.to_owned(), role };
        self.engine.act_on_team(&invite, None, &operator()).await.expect("an invitation").expect("a token")
    }

    /// Makes somebody a member.
    pub(crate) async fn member(&self, team: &str, email: &str, role: Role) -> Person {
        let token = self.invitation(team, email, role).await;
        let introduction =
            Introduction { name: Some("Somebody".to_owned()), password: Secret::new(PASSWORD.to_owned()) };
        let signed_in = self.engine.accept_invitation(&token, &introduction, &"set-up".into()).await;
        self.person(team, signed_in.expect("a member")).await
    }

    /// Makes somebody the owner of a team.
    pub(crate) async fn owner(&self, team: &str, email: &str) -> Person {
        let person = self.member(team, email, Role::Admin).await;
        let transfer = TeamAct::TransferOwnership { team: team.to_owned(), member: person.member.clone() };
        self.engine.act_on_team(&transfer, None, &operator()).await.expect("an owner");
        person
    }

    async fn person(&self, team: &str, signed_in: SignedIn) -> Person {
        let people = self.engine.team_people(&TeamId::from(team), &operator().caller).await.expect("people");
        let member = people.members.into_iter().find(|member| member.email.as_ref() == Some(&signed_in.email));
        Person {
            member: member.expect("a member").id,
            access: signed_in.tokens.access.expose().to_owned(),
            refresh: signed_in.tokens.refresh.expose().to_owned(),
            email: signed_in.email,
        }
    }

    /// Sends a request with somebody's token.
    pub(crate) fn by(&self, person: &Person, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.bare(method, path).bearer_auth(&person.access)
    }

    pub(crate) async fn reads(&self, person: &Person, path: &str) -> Said {
        Said::of(self.by(person, "GET", path)).await
    }

    pub(crate) async fn acts(&self, person: &Person, path: &str, body: &Value) -> Said {
        Said::of(self.by(person, "POST", path).json(body)).await
    }

    /// Sends a request without a token.
    pub(crate) async fn stranger(&self, path: &str, body: &Value) -> Said {
        Said::of(self.bare("POST", path).json(body)).await
    }

    /// Starts a run of a team as somebody, and gives its id.
    pub(crate) async fn run_of(&self, person: &Person, team: &str, plan: &Value) -> String {
        let said = self.acts(person, &format!("/api/v1/runs?team={team}"), plan).await;
        assert_eq!(said.status, 201, "the plan is accepted: {}", said.text);
        said.json["data"]["id"].as_str().expect("an id").to_owned()
    }
}
