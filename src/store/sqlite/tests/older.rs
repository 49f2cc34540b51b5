//! A store that an older version wrote is brought up to date with everything in it.

use super::*;
use crate::store::State;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{ConnectOptions, SqlSafeStr};
use std::borrow::Cow;

#[tokio::test]
async fn the_second_version_keeps_its_records_and_its_audit() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("youward.db");
    let mut connection = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(&file)
        .create_if_missing(true)
        .connect()
        .await
        .unwrap();
    let steps = open::MIGRATIONS.into_iter().filter(|(version, ..)| *version <= 2);
    let migrations = steps.map(|(version, description, sql)| {
        let kind = MigrationType::Simple;
        Migration::new(version, Cow::Borrowed(description), kind, sql.into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.collect())
        .run(&mut connection)
        .await
        .unwrap();
    let (new, envelope) = (
        returned(1, noon(0)),
        serde_json::to_string(&returned(1, noon(0)).envelope).unwrap(),
    );
    // A verdict as that version wrote it: without the keys that came later.
    let verdict = r#"{"disposition":"hold","reasons":[],"consent_allowed":false,"standard":"sales"}"#;
    for (id, state) in [("AAAA0001", "held"), ("AAAA0002", "returned")] {
        sqlx::query(
            "INSERT INTO record (id, at, state, disposition, account, upstream, recipients, subject, message_id, \
             fingerprint, tls, score, findings, consent_allowed, envelope, verdict, reading) \
             VALUES ($1, 5, $2, 'hold', 'ana@seller.example', 'corp', '[\"bob@prospect.example\"]', 'Old', 'm@x', $3, 1, 42, 1, 0, \
             $4, $5, NULL)",
        )
        .bind(id)
        .bind(state)
        .bind(new.fingerprint.to_string())
        .bind(&envelope)
        .bind(verdict)
        .execute(&mut connection)
        .await
        .unwrap();
        sqlx::query("INSERT INTO content (record, mail) VALUES ($1, $2)")
            .bind(id)
            .bind(b"Subject: Old\r\n\r\nx\r\n".to_vec())
            .execute(&mut connection)
            .await
            .unwrap();
    }
    connection.close().await.unwrap();

    let store = SqliteStore::open(dir.path()).await.unwrap();
    let record = store.get("AAAA0001").await.unwrap();
    assert_eq!((record.summary.state, record.summary.round), (State::Held, 1));
    assert_eq!(record.mail.unwrap().octets(), b"Subject: Old\r\n\r\nx\r\n");
    assert_eq!(record.verdict.terms, None);
    assert_eq!(store.open_records(None).await.unwrap().len(), 2);
    store
        .step(contract::discarded(&record.summary.id, noon(1)))
        .await
        .unwrap_err();
    let over = contract::step(&record.summary.id, State::Held, State::Released, noon(1));
    store.step(over).await.unwrap();
}
