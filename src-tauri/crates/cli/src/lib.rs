//! Face: the terminal. Arguments in, tables or JSON out, exit codes that scripts can rely on.
//!
//! All logic lives in `console`, behind the commands of `rpc`; what is here asks and shows. Whatever comes from a
//! control plane is made visible before it is printed. Deliberately absent: processes, paths and clocks, which the
//! composition root gives, and any verb that `rpc` does not know.

pub mod arguments;
mod audit;
mod exit;
mod render;
mod screen;
mod trouble;
mod verb;
mod visible;

pub use arguments::{
    Arguments, AuditVerb, Format, PlaneArguments, PlaneVerb, ServeArguments, Settings, TerminalVerb, TokenVerb, Verb,
};
pub use exit::Exit;
pub use screen::Screen;
pub use verb::{Fact, Session, run};
