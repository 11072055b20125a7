//! Answers of NOFX as nouns of the domain.
//!
//! Both dialects are read by the shape of the answer, not by what the plane was taken for. What an answer leaves out, or
//! says in a word that is new, takes nothing else with it. Deliberately absent: anything that the plane did not tell.

mod attempt;
mod catalogue;
mod event;
mod gate;
mod health;
mod moment;
mod plan;
mod row;
mod run;
mod status;
mod step;

pub(crate) use catalogue::{dead_letters, templates, tools};
pub(crate) use event::events;
pub(crate) use gate::{GateRow, gates};
pub(crate) use health::{Health, health};
pub(crate) use moment::answered_at;
pub(crate) use plan::{Asked, asked, judged, planned};
pub(crate) use row::Row;
pub(crate) use run::{Told, list, run, started};
