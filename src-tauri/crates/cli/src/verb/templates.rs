//! `templates`: list, and fill in.

use super::{Session, list};
use crate::{arguments::TemplatesVerb, exit::Exit, render, screen::Screen, trouble::Trouble};
use console::view::{FillTemplate, FilledTemplate, TemplatesQuery};
use domain::Template;

pub(super) async fn run(session: &Session<'_>, verb: &TemplatesVerb, screen: &mut Screen<'_>) -> Result<Exit, Trouble> {
    match verb {
        TemplatesVerb::Ls => {
            let query = TemplatesQuery { connection: session.connection() };
            let templates: Vec<Template> = session.ask("templates.list", query).await?;
            list(screen, &templates, render::templates)
        }
        TemplatesVerb::Plan { id, set } => {
            let request = FillTemplate {
                connection: session.connection(),
                template: id.clone(),
                values: set.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect(),
            };
            let filled: FilledTemplate = session.ask("templates.fill", request).await?;
            // The plan itself in every format, so that it can be piped into `runs create`.
            screen.document(&filled.plan)?;
            Ok(Exit::Done)
        }
    }
}
