//! Templates of a plane, kept so that they can be looked at offline too.

use crate::{
    call::Call,
    core::Core,
    error::Error,
    guard::Guarded,
    runs::ask,
    view::{FillTemplate, FilledTemplate, TemplatesQuery},
};
use domain::Template;
use std::sync::Arc;

pub(crate) async fn list(core: &Core, call: &Call, query: TemplatesQuery) -> Result<Vec<Template>, Error> {
    let link = core.link_or_default(query.connection.as_ref())?;
    let known = core.read.templates(&link.id).await?;
    let question = |port: Arc<Guarded>| async move { port.templates(call.context()).await };
    let answer = if core.mode.is_live() {
        match link.port(core).await {
            Ok(port) => question(port).await,
            Err(error) => Err(error),
        }
    } else {
        ask(core, call, &link, question).await
    };
    match (answer, known) {
        (Ok(templates), known) => {
            if known.is_none_or(|(known, _)| known != templates) {
                core.write.put_templates(&link.id, &templates, core.now()).await?;
            }
            Ok(templates)
        }
        (Err(error), Some((known, _))) if error.says_nothing_of_the_thing() => Ok(known),
        (Err(error), _) => Err(error),
    }
}

/// The plan that a template makes, and what it would do.
pub(crate) async fn fill(core: &Core, call: &Call, request: FillTemplate) -> Result<FilledTemplate, Error> {
    let link = core.link_or_default(request.connection.as_ref())?;
    let port = link.port(core).await?;
    let plan = port.fill_template(call.context(), &request.template, &request.values).await?;
    let preview = port.preview(call.context(), &plan).await?;
    Ok(FilledTemplate { plan, preview })
}
