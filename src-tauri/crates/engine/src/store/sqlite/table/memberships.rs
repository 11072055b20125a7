//! `memberships`: who is in which team, as what.

use super::super::column::{Document, Word, optional_document, unsigned};
use crate::{Error, accounts::Standing};
use domain::{Member, Permission, PersonId, Role, TeamId, Timestamp};
use sqlx::{SqliteConnection, SqliteExecutor};

/// What a person is in a team that is there.
pub(crate) async fn standing(
    conn: impl SqliteExecutor<'_>,
    person: &PersonId,
    team: &TeamId,
) -> Result<Option<Standing>, Error> {
    let (person, id) = (person.as_str(), team.as_str());
    let row = sqlx::query!(
        r#"SELECT role AS "role: Word<Role>", permissions AS "permissions: Document<Vec<Permission>>"
           FROM memberships JOIN teams ON teams.id = team
           WHERE team = ?1 AND person = ?2 AND deleted_at IS NULL LIMIT 1"#,
        id,
        person
    );
    let row = row.fetch_optional(conn).await?;
    Ok(row.map(|row| Standing::of_member(team.clone(), row.role.0, row.permissions.map(|document| document.0))))
}

/// What a person is in each team.
pub(crate) async fn standings(conn: impl SqliteExecutor<'_>, person: &PersonId) -> Result<Vec<Standing>, Error> {
    let id = person.as_str();
    let rows = sqlx::query!(
        r#"SELECT team, role AS "role: Word<Role>", permissions AS "permissions: Document<Vec<Permission>>"
           FROM memberships JOIN teams ON teams.id = team WHERE person = ?1 AND deleted_at IS NULL LIMIT 1000"#,
        id
    );
    let standings = rows.fetch_all(conn).await?.into_iter();
    Ok(standings
        .map(|row| Standing::of_member(row.team.into(), row.role.0, row.permissions.map(|document| document.0)))
        .collect())
}

struct Row {
    id: String,
    person: String,
    name: String,
    email: String,
    role: Word<Role>,
    permissions: Option<Document<Vec<Permission>>>,
    joined_at: i64,
}

impl From<Row> for (PersonId, Member) {
    fn from(row: Row) -> Self {
        let member = Member {
            id: row.id,
            name: Some(row.name),
            email: Some(row.email),
            role: row.role.0,
            permissions: row.permissions.map(|document| document.0),
            joined_at: Some(Timestamp::from_millis(row.joined_at)),
            is_us: false,
        };
        (row.person.into(), member)
    }
}

/// Members of a team, in the order of their roles.
pub(crate) async fn of_team(conn: impl SqliteExecutor<'_>, team: &TeamId) -> Result<Vec<(PersonId, Member)>, Error> {
    let id = team.as_str();
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT memberships.id, person, name, email, role AS "role: Word<Role>",
                  permissions AS "permissions: Document<Vec<Permission>>", joined_at
           FROM memberships JOIN people ON people.id = person WHERE team = ?1
           ORDER BY CASE role WHEN 'owner' THEN 0 WHEN 'admin' THEN 1 WHEN 'member' THEN 2 ELSE 3 END, joined_at
           LIMIT 10000"#,
        id
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(Into::into).collect())
}

/// One member of a team, by the id of the membership.
pub(crate) async fn by_id(
    conn: impl SqliteExecutor<'_>,
    team: &TeamId,
    member: &str,
) -> Result<Option<(PersonId, Member)>, Error> {
    let id = team.as_str();
    let row = sqlx::query_as!(
        Row,
        r#"SELECT memberships.id, person, name, email, role AS "role: Word<Role>",
                  permissions AS "permissions: Document<Vec<Permission>>", joined_at
           FROM memberships JOIN people ON people.id = person WHERE team = ?1 AND memberships.id = ?2 LIMIT 1"#,
        id,
        member
    );
    Ok(row.fetch_optional(conn).await?.map(Into::into))
}

/// The membership of a person.
pub(crate) async fn of_person(
    conn: impl SqliteExecutor<'_>,
    team: &TeamId,
    person: &PersonId,
) -> Result<Option<String>, Error> {
    let (team, person) = (team.as_str(), person.as_str());
    let id = sqlx::query_scalar!("SELECT id FROM memberships WHERE team = ?1 AND person = ?2 LIMIT 1", team, person);
    Ok(id.fetch_optional(conn).await?)
}

/// How many there are, invitations that are open included.
pub(crate) async fn places_taken(conn: &mut SqliteConnection, team: &TeamId, now: Timestamp) -> Result<u64, Error> {
    let (id, now) = (team.as_str(), now.as_millis());
    let count = sqlx::query_scalar!(
        r#"SELECT (SELECT count(*) FROM memberships WHERE team = ?1)
                + (SELECT count(*) FROM invitations WHERE team = ?1 AND ended_at IS NULL AND expires_at > ?2)
                AS "count!: i64" LIMIT 1"#,
        id,
        now
    );
    Ok(unsigned(count.fetch_one(conn).await?))
}

/// Adds a member.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    id: &str,
    (team, person): (&TeamId, &PersonId),
    role: Role,
    now: Timestamp,
) -> Result<(), Error> {
    let (team, person, role, now) = (team.as_str(), person.as_str(), role.as_str(), now.as_millis());
    sqlx::query!(
        "INSERT INTO memberships (id, team, person, role, joined_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        id,
        team,
        person,
        role,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives a member another role, and with it what that role allows.
pub(crate) async fn set_role(conn: &mut SqliteConnection, member: &str, role: Role) -> Result<(), Error> {
    let role = role.as_str();
    sqlx::query!("UPDATE memberships SET role = ?2, permissions = NULL WHERE id = ?1", member, role)
        .execute(conn)
        .await?;
    Ok(())
}

/// Changes what a member may do.
pub(crate) async fn set_permissions(
    conn: &mut SqliteConnection,
    member: &str,
    permissions: Option<&Vec<Permission>>,
) -> Result<(), Error> {
    let permissions = optional_document(permissions)?;
    sqlx::query!("UPDATE memberships SET permissions = ?2 WHERE id = ?1", member, permissions).execute(conn).await?;
    Ok(())
}

/// Removes a member.
pub(crate) async fn remove(conn: &mut SqliteConnection, member: &str) -> Result<(), Error> {
    sqlx::query!("DELETE FROM memberships WHERE id = ?1", member).execute(conn).await?;
    Ok(())
}

/// Removes every member of a team.
pub(crate) async fn remove_all(conn: &mut SqliteConnection, team: &TeamId) -> Result<(), Error> {
    let id = team.as_str();
    sqlx::query!("DELETE FROM memberships WHERE team = ?1", id).execute(conn).await?;
    Ok(())
}

/// The membership of a team's owner, if a person owns it.
pub(crate) async fn owner(conn: &mut SqliteConnection, team: &TeamId) -> Result<Option<String>, Error> {
    let id = team.as_str();
    let owner = sqlx::query_scalar!("SELECT id FROM memberships WHERE team = ?1 AND role = 'owner' LIMIT 1", id);
    Ok(owner.fetch_optional(conn).await?)
}
