//! Which NOFX this is, which of its optional parts answer, and what follows for what can be asked of it.
//!
//! It is found out by looking and remembered until an answer says otherwise. Deliberately absent: any setting.

use domain::{Action, Availability, Capabilities};

/// The two servers that go by the name of NOFX.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// The Express server.
    Express,
    /// The serverless functions.
    Serverless,
}

impl Dialect {
    /// Most runs that one list holds. Both ignore every other wish for a page.
    pub(crate) const fn window(self) -> u32 {
        match self {
            Self::Express => 100,
            Self::Serverless => 200,
        }
    }

    /// What it is called in a sentence.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Express => "NOFX (Express)",
            Self::Serverless => "NOFX (serverless)",
        }
    }
}

/// What came of knocking at an optional part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Door {
    /// Nobody has knocked.
    #[default]
    Untried,
    /// It answers.
    Open,
    /// It asks for an administrator.
    Locked,
    /// The path is not answered. The Express server as published ends requests before it looks for these parts.
    Absent,
    /// It answers that it cannot.
    Broken,
}

/// What is known of a plane.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Surface {
    pub(crate) dialect: Option<Dialect>,
    pub(crate) gates: Door,
    pub(crate) dead_letters: Door,
    pub(crate) templates: Door,
    pub(crate) queue: Door,
    pub(crate) teams: Door,
    pub(crate) keys: Door,
    pub(crate) billing: Door,
    /// Whether we send a bearer token, which is what NOFX takes for an administrator.
    pub(crate) is_admin: bool,
}

type Ability = (Availability, Option<&'static str>);

const YES: Ability = (Availability::Yes, None);

const fn no(reason: &'static str) -> Ability {
    (Availability::No, Some(reason))
}

const UNKNOWN: Ability = no("it is not known yet which dialect of NOFX this is");

impl Surface {
    pub(crate) fn capabilities(self) -> Capabilities {
        Capabilities::each(|action| self.ability(action))
    }

    fn ability(self, action: Action) -> Ability {
        match action {
            Action::Preview => (
                Availability::Yes,
                Some("NOFX plans a prompt; a plan with steps it cannot preview, so that is judged here by its rules"),
            ),
            Action::CreateRun => YES,
            Action::RepeatCreate => no(
                "NOFX remembers keys only with a database behind it, and whether it has one cannot be seen from outside",
            ),
            Action::CancelRun => no("NOFX has no way to cancel a run"),
            Action::RetryStepWithInputs => no("NOFX tries a step again with the inputs that it had"),
            Action::RejectGate => no("NOFX has no way to say no at a gate"),
            Action::Logs => no("NOFX keeps no log of what steps print"),
            Action::Breakers | Action::ResetBreaker => no("NOFX does not show its breakers"),
            Action::Stores | Action::DeleteStore => no("NOFX provisions no stores"),
            Action::Projects => no("a project of NOFX is a place for files and holds no work"),
            Action::Teams => self.signed_in(self.teams, "this dialect of NOFX has no teams"),
            Action::ApiKeys => {
                let note = "NOFX keeps what a key is made for and never looks at it: every key may do everything";
                noted(self.signed_in(self.keys, "this dialect of NOFX has no API keys"), note)
            }
            Action::Billing => self.signed_in(self.billing, "this dialect of NOFX has no billing"),
            Action::Audit => no("NOFX writes down what is done in a team and offers no way to read it"),
            Action::SignIn => no("people sign in to NOFX in its own pages: give it an API key or the token of a user"),
            Action::Queue => self.only_express(self.queue, "this dialect of NOFX does not show its queue"),
            Action::RequeueDeadLetters => {
                let note = "NOFX puts the newest dead letters back first, and each begins its attempts anew";
                let otherwise = "this dialect of NOFX has no way to put dead letters back";
                noted(self.only_express(self.dead_letters, otherwise), note)
            }
            Action::Stream => match self.dialect {
                Some(Dialect::Serverless) => no(
                    "a stream of NOFX is about one run and ends after 55 seconds, so it is asked at intervals instead",
                ),
                _ => no("the stream of NOFX carries no events, so it is asked at intervals instead"),
            },
            Action::Events => match self.dialect {
                Some(Dialect::Serverless) => YES,
                Some(Dialect::Express) => (
                    Availability::Observed,
                    Some("this dialect never tells a timeline; changes are derived from what is observed"),
                ),
                None => UNKNOWN,
            },
            Action::Steps => self.only_serverless("this dialect of NOFX does not tell how far a step has come"),
            Action::RetryStep => self.only_serverless(
                "a step is tried again by its id, and this dialect of NOFX does not tell the ids of steps",
            ),
            Action::DecideGate => self.decide_gate(),
            Action::DeadLetters => door(self.dead_letters, self.dialect),
            Action::Templates => door(self.templates, self.dialect),
        }
    }

    const fn only_serverless(self, otherwise: &'static str) -> Ability {
        match self.dialect {
            Some(Dialect::Serverless) => YES,
            Some(Dialect::Express) => no(otherwise),
            None => UNKNOWN,
        }
    }

    fn only_express(self, part: Door, otherwise: &'static str) -> Ability {
        match self.dialect {
            Some(Dialect::Serverless) => no(otherwise),
            dialect => door(part, dialect),
        }
    }

    fn signed_in(self, part: Door, otherwise: &'static str) -> Ability {
        match (self.dialect, part) {
            (Some(Dialect::Express), Door::Locked) => {
                no("NOFX answers this only to a signed-in user: give it an API key or the token of a user")
            }
            _ => self.only_express(part, otherwise),
        }
    }

    fn decide_gate(self) -> Ability {
        match (self.dialect, self.gates) {
            (Some(Dialect::Serverless), _) => {
                no("this dialect of NOFX writes an approval in a word that its own database refuses")
            }
            (Some(Dialect::Express), Door::Open) if self.is_admin => {
                (Availability::Yes, Some("an approval is recorded, but a gate of NOFX holds nothing up"))
            }
            (Some(Dialect::Express), Door::Open) => {
                no("NOFX takes an approval only from an administrator, who has to give a bearer token")
            }
            (dialect, gates) => door(gates, dialect),
        }
    }
}

/// What goes with an act that is possible.
fn noted(ability: Ability, note: &'static str) -> Ability {
    match ability {
        (Availability::Yes, None) => (Availability::Yes, Some(note)),
        ability => ability,
    }
}

fn door(door: Door, dialect: Option<Dialect>) -> Ability {
    match (dialect, door) {
        (None, _) | (_, Door::Untried) => UNKNOWN,
        (_, Door::Open) => YES,
        (_, Door::Locked) => no("NOFX shows this only to an administrator, who has to give a bearer token"),
        (_, Door::Absent) => no("this server does not answer at the path where NOFX has it"),
        (_, Door::Broken) => no("this server did not answer properly when it was asked for it"),
    }
}
