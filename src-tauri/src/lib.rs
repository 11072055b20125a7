//! The composition root: chooses the concrete parts, joins them, and picks the face.
//!
//! [`run`] reads the arguments and goes to one face. `assembly` makes the console, `plane` the built-in control plane,
//! `drill` the stage of a drill,
//! `settings` judges what was written down for it, `custody` knows who has it behind a face that stays, `data_dir` and `socket` decide where things are. Deliberately
//! absent: business rules. What is here can be read in one sitting and answers one question: which part meets which.

mod assembly;
mod audit;
mod background;
mod backup;
mod connector;
mod custody;
mod data_dir;
mod drill;
mod face;
mod hidden_input;
mod idle;
mod journal;
mod page;
mod plane;
mod settings;
mod signals;
mod socket;
mod start_error;
mod step_secrets;
mod terminal;
mod tokens;
mod user;
mod window;

pub use face::run;
