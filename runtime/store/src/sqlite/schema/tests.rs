//! A new store is what an old one becomes.

use super::*;

/// Every table and index with its columns, in the order of their names.
fn shape(connection: &Connection) -> Vec<String> {
    let lines = |sql: &str| -> Vec<String> {
        let mut query = connection.prepare(sql).unwrap();
        query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let mut shape = lines(
        "SELECT format('%s: %s %s not null %d default %s key %d', m.name, c.name, c.type, c.\"notnull\", c.dflt_value, c.pk) \
         FROM sqlite_schema AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table' ORDER BY m.name, c.name",
    );
    shape.extend(lines(
        "SELECT m.name || ' ' || coalesce(m.sql, '') || ' ' || (SELECT group_concat(i.name) FROM pragma_index_info(m.name) AS i) \
         FROM sqlite_schema AS m WHERE m.type = 'index' ORDER BY m.name",
    ));
    shape.extend(lines(
        "SELECT format('%s strict %d without rowid %d', name, strict, wr) FROM pragma_table_list ORDER BY name",
    ));
    shape
}

#[test]
fn the_newest_format_is_what_the_migrations_make() {
    let (migrated, new) = (Connection::open_in_memory().unwrap(), Connection::open_in_memory().unwrap());
    for migration in MIGRATIONS {
        migrated.execute_batch(migration).unwrap();
    }
    new.execute_batch(NEWEST).unwrap();
    assert_eq!(shape(&new), shape(&migrated));
    assert!(shape(&new).len() > 100, "{:?}", shape(&new));
}
