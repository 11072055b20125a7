//! Answers of NOFX as nouns of the domain.
//!
//! Both dialects are read by the shape of the answer, not by what the plane was taken for. What an answer leaves out, or
//! says in a word that is new, takes nothing else with it. Deliberately absent: anything that the plane did not tell.

mod account;
mod attempt;
mod billing;
mod catalogue;
mod event;
mod gate;
mod health;
mod moment;
mod page;
mod plan;
mod queue;
mod row;
mod run;
mod status;
mod step;
mod team;

pub(crate) use account::{Us, api_keys, done, made_key, us};
pub(crate) use billing::{Subscribed, Used, plans, subscribed, used};
pub(crate) use catalogue::{templates, tools};
pub(crate) use event::events;
pub(crate) use gate::{GateRow, gates};
pub(crate) use health::{Health, health};
pub(crate) use moment::answered_at;
pub(crate) use page::page;
pub(crate) use plan::{Asked, asked, judged, planned};
pub(crate) use queue::{dead_letter_count, dead_letters, queue, requeued};
pub(crate) use row::Row;
pub(crate) use run::{Told, list, run, started};
pub(crate) use team::{TeamTold, kept_team, team, teams, word};
