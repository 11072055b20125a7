//! Refusals with which nothing is wrong but how things stand. NOFX answers 400 to them, in whole sentences.

use control_plane::Error;

const STANDING: &[(&str, &str, &str)] = &[
    (
        "Cannot change the role of the team owner",
        "member_is_owner",
        "the owner keeps this role until the team is given away",
    ),
    ("Cannot remove the team owner", "member_is_owner", "the owner cannot be removed; give the team away first"),
    (
        "Team owners cannot leave the team. Transfer ownership first.",
        "owner_cannot_leave",
        "the owner cannot leave the team; give it away first",
    ),
    ("New owner must be a member of the team", "not_a_member", "only a member can be given the team"),
    ("User is already a member of this team", "already_a_member", "this person is in the team already"),
    ("User already has a pending invite to this team", "already_invited", "this person is invited already"),
    ("API key with this name already exists", "name_is_taken", "there is a key of this name already"),
];

/// What a sentence of NOFX means if it is about how things stand.
pub(super) fn against(message: &str) -> Option<Error> {
    let (_, code, told) = STANDING.iter().find(|(known, ..)| *known == message)?;
    Some(Error::Conflict { code: (*code).to_owned(), message: (*told).to_owned() })
}
