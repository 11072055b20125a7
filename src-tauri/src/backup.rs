//! `breakwater plane backup`: a checked copy of the database, whether or not the control plane runs meanwhile.

use crate::{data_dir::DataDir, plane, start_error::StartError};
use cli::Format;
use domain::SystemClock;
use std::path::Path;

/// Makes the copy and says where it is.
pub(crate) async fn run(dir: &DataDir, out: Option<&Path>, format: Format) -> Result<(), StartError> {
    let backup = engine::back_up(dir.path(), out, &SystemClock).await?;
    plane::say(&match format {
        Format::Table => format!("{}\n{} bytes, checked and whole", backup.path.display(), backup.bytes),
        Format::Json | Format::Ndjson => {
            serde_json::json!({ "path": backup.path, "at": backup.at, "bytes": backup.bytes }).to_string()
        }
    })
}
