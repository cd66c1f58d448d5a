//! Many rows into a table, with statements the database has prepared before: a statement built anew for each batch
//! took an eighth of what a request costs.

use super::StoreError;
use sea_orm::sea_query::Value;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseBackend, DatabaseTransaction, EntityTrait, IdenStatic,
    Iterable, Statement,
};

/// Rows a statement, the most first. Few sizes, so that few statements are kept prepared; SQLite takes 32,766 values a
/// statement, PostgreSQL 65,535, and no table has over 300 columns.
const SIZES: [usize; 3] = [100, 10, 1];

/// Inserts rows whose every column is set: a statement is the same for all of them.
pub(super) async fn insert_rows<A: ActiveModelTrait>(
    work: &DatabaseTransaction,
    rows: impl ExactSizeIterator<Item = A>,
) -> Result<(), StoreError> {
    type Column<A> = <<A as ActiveModelTrait>::Entity as EntityTrait>::Column;
    let backend = work.get_database_backend();
    let columns: Vec<Column<A>> = Column::<A>::iter().collect();
    let mut left = rows.len();
    let mut rows = rows;
    for size in SIZES {
        if left < size {
            continue;
        }
        let sql = statement::<A::Entity>(backend, &columns, size);
        while left >= size {
            let mut values = Vec::with_capacity(size * columns.len());
            for mut row in rows.by_ref().take(size) {
                let unset = Value::BigInt(None);
                let value = |column: &Column<A>| row.take(*column).into_value().unwrap_or(unset.clone());
                values.extend(columns.iter().map(value));
            }
            left -= size;
            work.execute_raw(Statement::from_sql_and_values(backend, &sql, values)).await?;
        }
    }
    Ok(())
}

fn statement<E: EntityTrait>(backend: DatabaseBackend, columns: &[E::Column], rows: usize) -> String {
    let names: Vec<String> = columns.iter().map(|column| format!("\"{}\"", column.as_str())).collect();
    let mut sql = format!("INSERT INTO \"{}\" ({}) VALUES ", E::default().table_name(), names.join(", "));
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns.len() {
            if column > 0 {
                sql.push_str(", ");
            }
            match backend {
                DatabaseBackend::Postgres => sql.push_str(&format!("${}", row * columns.len() + column + 1)),
                _ => sql.push('?'),
            }
        }
        sql.push(')');
    }
    sql
}
