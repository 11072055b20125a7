//! `subscribers`: which team is which customer of Stripe, and its subscription as it was told last.

use crate::{
    Error,
    store::ledger::{Subscribed, Subscriber},
};
use domain::{Subscription, TeamId, Timestamp};
use sqlx::{SqliteConnection, SqliteExecutor};

struct Row {
    team: String,
    customer: String,
    told_at: Option<i64>,
    subscription: Option<String>,
    status: Option<String>,
    price: Option<String>,
    period_from: Option<i64>,
    period_to: Option<i64>,
    ends_at: Option<i64>,
    is_cancelled: i64,
}

impl From<Row> for Subscriber {
    fn from(row: Row) -> Self {
        let moment = |millis: Option<i64>| millis.map(Timestamp::from_millis);
        let current = row.subscription.zip(row.status).map(|(id, status)| Subscribed {
            id,
            price: row.price,
            subscription: Subscription { status, ends_at: moment(row.ends_at), is_cancelled: row.is_cancelled != 0 },
            period_from: moment(row.period_from),
            period_to: moment(row.period_to),
        });
        Self { team: TeamId::from(row.team), customer: row.customer, told_at: moment(row.told_at), current }
    }
}

/// What is known of a team.
pub(crate) async fn of_team(conn: impl SqliteExecutor<'_>, team: &TeamId) -> Result<Option<Subscriber>, Error> {
    let team = team.as_str();
    let row = sqlx::query_as!(
        Row,
        "SELECT team, customer, told_at, subscription, status, price, period_from, period_to, ends_at, is_cancelled
         FROM subscribers WHERE team = ?1 LIMIT 1",
        team
    );
    Ok(row.fetch_optional(conn).await?.map(Into::into))
}

/// What is known of a customer.
pub(crate) async fn of_customer(conn: impl SqliteExecutor<'_>, customer: &str) -> Result<Option<Subscriber>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT team, customer, told_at, subscription, status, price, period_from, period_to, ends_at, is_cancelled
         FROM subscribers WHERE customer = ?1 LIMIT 1",
        customer
    );
    Ok(row.fetch_optional(conn).await?.map(Into::into))
}

/// Adds a team.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    team: &TeamId,
    customer: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let (team, now) = (team.as_str(), now.as_millis());
    sqlx::query!("INSERT INTO subscribers (team, customer, created_at) VALUES (?1, ?2, ?3)", team, customer, now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Keeps how a subscription stands.
pub(crate) async fn set(conn: &mut SqliteConnection, subscriber: &Subscriber) -> Result<(), Error> {
    let (team, told_at) = (subscriber.team.as_str(), subscriber.told_at.map(Timestamp::as_millis));
    let current = subscriber.current.as_ref();
    let millis = |moment: Option<Timestamp>| moment.map(Timestamp::as_millis);
    let (id, price) = (current.map(|one| &*one.id), current.and_then(|one| one.price.as_deref()));
    let status = current.map(|one| &*one.subscription.status);
    let from = millis(current.and_then(|one| one.period_from));
    let to = millis(current.and_then(|one| one.period_to));
    let ends_at = millis(current.and_then(|one| one.subscription.ends_at));
    let is_cancelled = current.is_some_and(|one| one.subscription.is_cancelled);
    sqlx::query!(
        "UPDATE subscribers SET told_at = ?2, subscription = ?3, status = ?4, price = ?5, period_from = ?6,
             period_to = ?7, ends_at = ?8, is_cancelled = ?9
         WHERE team = ?1",
        team,
        told_at,
        id,
        status,
        price,
        from,
        to,
        ends_at,
        is_cancelled
    )
    .execute(conn)
    .await?;
    Ok(())
}
