//! See [`AuditSearch`].

use super::{Fault, rows};
use crate::store::{AuditSearch, FoundRow};
use sqlx::{QueryBuilder, Row, Sqlite, SqlitePool};

pub(super) async fn audit(readers: &SqlitePool, search: &AuditSearch) -> Result<Vec<FoundRow>, Fault> {
    let mut query: QueryBuilder<Sqlite> =
        QueryBuilder::new("SELECT seq, at, who, what, record, upstream, why FROM audit WHERE seq < ");
    query.push_bind(search.before.unwrap_or(i64::MAX));
    for word in &search.words {
        query.push(
            " AND instr(lower(who || ' ' || what || ' ' || ifnull(record, '') || ' ' || ifnull(upstream, '') || ' ' || why), ",
        );
        query.push_bind(word.to_ascii_lowercase()).push(") > 0");
    }
    query
        .push(" ORDER BY seq DESC LIMIT ")
        .push_bind(i64::from(search.limit));
    let found = query.build().fetch_all(readers).await?;
    let row = |row| {
        Ok(FoundRow {
            seq: Row::try_get(row, "seq")?,
            row: rows::audit_row(row)?,
        })
    };
    found.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use crate::store::contract::noon;
    use crate::store::{AuditRow, AuditSearch, SqliteStore, Store};

    fn row(minute: i64, who: &str, what: &str, why: &str) -> AuditRow {
        AuditRow {
            at: noon(minute),
            who: who.to_owned(),
            what: what.to_owned(),
            record: None,
            upstream: Some("corp".to_owned()),
            why: why.to_owned(),
        }
    }

    #[tokio::test]
    async fn rows_have_every_word_and_come_in_pages() {
        let dir = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(dir.path()).await.unwrap();
        let rows = vec![
            row(1, "ana@seller.example", "passed", "score 90"),
            row(2, "Ben", "released", "100% sure"),
            row(3, "ana@seller.example", "released", "they asked"),
            row(4, "ana@seller.example", "held", "score 12"),
        ];
        store.audit(rows).await.unwrap();
        let found = async |typed: &str, before, limit| {
            let rows = store
                .search_audit(&AuditSearch::of(typed, before, limit))
                .await
                .unwrap();
            rows.iter().map(|found| found.seq).collect::<Vec<_>>()
        };
        assert_eq!(found("", None, 3).await, [4, 3, 2]);
        assert_eq!(found("", Some(2), 3).await, [1]);
        assert_eq!(found("RELEASED ana", None, 9).await, [3]);
        assert_eq!(found("100% corp", None, 9).await, [2]);
        assert_eq!(found("%", Some(2), 9).await, [] as [i64; 0]);
        assert_eq!(found("nobody", None, 9).await, [] as [i64; 0]);
    }
}
