//! Whatever is done to the audit behind the store's back is named, row by row.

use super::*;
use crate::store::AuditRow;
use proptest::prelude::*;

const ROWS: i64 = 12;

async fn audited() -> (SqliteStore, TempDir) {
    let (store, dir) = fresh().await;
    for n in 0..ROWS {
        let row = AuditRow {
            at: noon(n),
            who: format!("who-{n}"),
            what: "passed".to_owned(),
            record: None,
            upstream: Some("corp".to_owned()),
            why: format!("score {n}"),
        };
        store.audit(vec![row]).await.unwrap();
    }
    (store, dir)
}

/// Somebody with the file and SQLite at hand, who takes the triggers away first.
async fn tamper(store: &SqliteStore, statements: &[String]) {
    let mut writer = store.writer.lock().await;
    let connection = writer.as_mut().unwrap();
    for trigger in ["DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete"] {
        sqlx::query(trigger).execute(&mut *connection).await.unwrap();
    }
    for statement in statements {
        sqlx::query(sqlx::AssertSqlSafe(statement.clone()))
            .execute(&mut *connection)
            .await
            .unwrap();
    }
}

#[derive(Debug, Clone)]
enum Change {
    Field(i64, &'static str),
    Drop(i64),
    Swap(i64, i64),
    Insert(i64),
    Forge(i64),
}

impl Change {
    fn statements(&self) -> Vec<String> {
        match self {
            Change::Field(row, "at") => vec![format!("UPDATE audit SET at = at + 1 WHERE seq = {row}")],
            Change::Field(row, "hash") => vec![format!("UPDATE audit SET hash = randomblob(32) WHERE seq = {row}")],
            Change::Field(row, field) => vec![format!("UPDATE audit SET {field} = 'other' WHERE seq = {row}")],
            Change::Drop(row) => vec![format!("DELETE FROM audit WHERE seq = {row}")],
            Change::Swap(one, other) => vec![
                format!("UPDATE audit SET seq = 1000 WHERE seq = {one}"),
                format!("UPDATE audit SET seq = {one} WHERE seq = {other}"),
                format!("UPDATE audit SET seq = {other} WHERE seq = 1000"),
            ],
            Change::Insert(row) => vec![
                format!("UPDATE audit SET seq = seq + 1000 WHERE seq >= {row}"),
                format!("UPDATE audit SET seq = seq - 999 WHERE seq > 1000"),
                format!(
                    "INSERT INTO audit SELECT {row}, at, who, what, record, upstream, why, hash FROM audit LIMIT 1"
                ),
            ],
            // Two fields whose texts run into each other.
            Change::Forge(row) => vec![format!(
                "UPDATE audit SET who = who || what, what = '' WHERE seq = {row}"
            )],
        }
    }
}

fn change() -> impl Strategy<Value = Change> {
    let row = 1..=ROWS;
    prop_oneof![
        (
            row.clone(),
            prop::sample::select(vec!["at", "who", "what", "upstream", "why", "hash", "record"])
        )
            .prop_map(|(row, field)| Change::Field(row, field)),
        (1..ROWS).prop_map(Change::Drop),
        (1..ROWS, 1..ROWS).prop_filter_map("two rows", |(one, other)| (one != other)
            .then_some(Change::Swap(one, other))),
        row.clone().prop_map(Change::Insert),
        row.prop_map(Change::Forge),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn every_change_is_found(change in change()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (store, _dir) = audited().await;
            assert_eq!(store.verify_audit(None).await.unwrap().broken, None);
            tamper(&store, &change.statements()).await;
            let check = store.verify_audit(None).await.unwrap();
            let (row, _) = check.broken.unwrap_or_else(|| panic!("{change:?} was not found"));
            assert!((1..=ROWS + 1).contains(&row), "{row}");
        });
    }
}

#[tokio::test]
async fn a_cut_or_an_older_copy_is_found_by_a_hash_kept_elsewhere() {
    let (store, _dir) = audited().await;
    let head = store.verify_audit(None).await.unwrap().head.unwrap();
    tamper(&store, &[format!("DELETE FROM audit WHERE seq = {ROWS}")]).await;
    let check = store.verify_audit(Some(&head)).await.unwrap();
    assert_eq!((check.broken, check.head_found), (None, Some(false)));
}
