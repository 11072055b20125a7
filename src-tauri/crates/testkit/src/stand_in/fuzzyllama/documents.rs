//! Documents, which agents write. Every row brings its whole text and its whole project along.

use super::{Outcome, World, envelope::orm};
use serde_json::{Value, json};

impl World {
    /// What an agent writes, with its private thoughts still in it.
    pub(super) fn write(&mut self, project: &str, user: &str, title: &str, kind: &str) {
        let (id, now) = (self.id(), self.now());
        self.documents.push(json!({
            "id": id, "projectId": project, "title": title,
            "content": format!("<thinking>private</thinking># {title}\n<script>alert(1)</script>"),
            "documentType": kind, "filePath": null, "language": null, "version": 1, "agentId": null, "gateId": null,
            "createdById": self.accounts.id_of(user), "createdAt": now, "updatedAt": now,
        }));
        let document = json!({ "id": id, "title": title, "documentType": kind });
        self.tell(project, "document:created", json!({ "document": document }));
    }

    pub(super) fn documents_of(&self, user: &str, project: Option<&str>) -> Outcome {
        let Some(id) = project else { return Err(orm("project.findUnique")) };
        let project = self.own(user, id, "You can only view documents for your own projects")?;
        let rows = self.documents.iter().rev().filter(|row| row["projectId"] == id);
        let whole = |row: &Value| {
            let mut row = row.clone();
            row["project"] = self.bare_row(&project);
            row["createdBy"] = self.accounts.person(&project.owner);
            row
        };
        Ok((200, rows.map(whole).collect()))
    }
}
