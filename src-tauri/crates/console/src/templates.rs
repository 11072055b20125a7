//! Templates of a plane, kept so that they can be looked at offline too.

use crate::{
    call::Call,
    core::Core,
    error::Error,
    runs::ask,
    view::{FillTemplate, FilledTemplate, TemplatesQuery},
};
use domain::Template;

pub(crate) async fn list(core: &Core, call: &Call, query: TemplatesQuery) -> Result<Vec<Template>, Error> {
    let link = core.link_or_default(query.connection.as_ref())?;
    let question = async { link.port(core).await?.templates(call.context()).await };
    let known = core.read.templates(&link.id).await?;
    let answer = match core.mode {
        crate::parts::SyncMode::OnDemand => ask(core, call, &link, question).await,
        crate::parts::SyncMode::Live => question.await,
    };
    match (answer, known) {
        (Ok(templates), known) => {
            if known.is_none_or(|(known, _)| known != templates) {
                core.write.put_templates(&link.id, &templates, core.now()).await?;
            }
            Ok(templates)
        }
        (Err(error), Some((known, _))) if error.is_absence() => Ok(known),
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
