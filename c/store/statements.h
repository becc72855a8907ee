/* statements.h - every statement that berth ever runs, as fixed text.  Values are bound, never
 * spliced; nothing else in berth holds SQL.  Each is prepared at most once per connection.
 *
 * X(identifier, text).  In a statement about a record, ?1.. are its key, then its columns. */
#ifndef BERTH_STORE_STATEMENTS_H
#define BERTH_STORE_STATEMENTS_H

/* 'BRTH': tells a store from other programs' files. */
#define BERTH_SQL_APPLICATION_ID 1112691784
/* Grows with each step of BERTH_SQL_SCHEMA_*; see backend_sqlite_schema.c. */
#define BERTH_SQL_VERSION 1

/* The tables of version 1.  Each text is compared, byte by byte, with what the file says of
 * itself, so that no foreign trigger, view, index or default can work on our rows. */
#define BERTH_SQL_SCHEMA_1(X)                                                                      \
    X(CREATE_COUNTERS,                                                                             \
      "CREATE TABLE counters(kind INTEGER NOT NULL PRIMARY KEY CHECK(kind BETWEEN 0 AND 7),"       \
      " used INTEGER NOT NULL CHECK(used >= 0)) STRICT")                                           \
    X(CREATE_NAMES,                                                                                \
      "CREATE TABLE names(kind INTEGER NOT NULL CHECK(kind BETWEEN 0 AND 5),"                      \
      " id INTEGER NOT NULL CHECK(id >= 0), text TEXT NOT NULL CHECK(length(text) > 0),"           \
      " PRIMARY KEY(kind, id), UNIQUE(kind, text)) STRICT, WITHOUT ROWID")                         \
    X(CREATE_PROVIDERS,                                                                            \
      "CREATE TABLE providers(id INTEGER NOT NULL PRIMARY KEY CHECK(id >= 0),"                     \
      " uuid TEXT NOT NULL UNIQUE CHECK(length(uuid) = 36),"                                       \
      " name TEXT NOT NULL UNIQUE CHECK(length(name) BETWEEN 1 AND 200),"                          \
      " parent INTEGER CHECK(parent >= 0 AND parent <> id),"                                       \
      " generation INTEGER NOT NULL CHECK(generation >= 0)) STRICT")                               \
    X(CREATE_INVENTORIES,                                                                          \
      "CREATE TABLE inventories(provider INTEGER NOT NULL REFERENCES providers(id),"               \
      " class INTEGER NOT NULL CHECK(class >= 0), total INTEGER NOT NULL CHECK(total >= 1),"       \
      " reserved INTEGER NOT NULL CHECK(reserved BETWEEN 0 AND total),"                            \
      " min_unit INTEGER NOT NULL CHECK(min_unit >= 1),"                                           \
      " max_unit INTEGER NOT NULL CHECK(max_unit >= 1),"                                           \
      " step_size INTEGER NOT NULL CHECK(step_size >= 1),"                                         \
      " allocation_ratio REAL NOT NULL CHECK(allocation_ratio >= 0),"                              \
      " PRIMARY KEY(provider, class)) STRICT, WITHOUT ROWID")                                      \
    X(CREATE_TRAITS,                                                                               \
      "CREATE TABLE provider_traits(provider INTEGER NOT NULL REFERENCES providers(id),"           \
      " trait INTEGER NOT NULL CHECK(trait >= 0),"                                                 \
      " PRIMARY KEY(provider, trait)) STRICT, WITHOUT ROWID")                                      \
    X(CREATE_AGGREGATES,                                                                           \
      "CREATE TABLE provider_aggregates(provider INTEGER NOT NULL REFERENCES providers(id),"       \
      " aggregate INTEGER NOT NULL CHECK(aggregate >= 0),"                                         \
      " PRIMARY KEY(provider, aggregate)) STRICT, WITHOUT ROWID")                                  \
    X(CREATE_CONSUMERS,                                                                            \
      "CREATE TABLE consumers(id INTEGER NOT NULL PRIMARY KEY CHECK(id >= 0),"                     \
      " uuid TEXT NOT NULL CHECK(length(uuid) BETWEEN 1 AND 255),"                                 \
      " project INTEGER CHECK(project >= 0), user INTEGER CHECK(user >= 0),"                       \
      " type INTEGER CHECK(type >= 0),"                                                            \
      " generation INTEGER NOT NULL CHECK(generation >= 0)) STRICT")                               \
    X(CREATE_ALLOCATIONS,                                                                          \
      "CREATE TABLE allocations(consumer INTEGER NOT NULL REFERENCES consumers(id),"               \
      " provider INTEGER NOT NULL CHECK(provider >= 0),"                                           \
      " class INTEGER NOT NULL CHECK(class >= 0), used INTEGER NOT NULL CHECK(used >= 1),"         \
      " PRIMARY KEY(consumer, provider, class)) STRICT, WITHOUT ROWID")                            \
    X(CREATE_FEED,                                                                                 \
      "CREATE TABLE feed(sequence INTEGER NOT NULL PRIMARY KEY CHECK(sequence >= 1),"              \
      " writer INTEGER NOT NULL, changes BLOB) STRICT")

/* What makes the tables of version 1 a store. */
#define BERTH_SQL_FILL_1(X)                                                                        \
    X(FILL_COUNTERS,                                                                               \
      "INSERT INTO counters(kind, used) VALUES(0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0),"     \
      " (6, 0), (7, 0)")                                                                           \
    X(SET_APPLICATION_ID, "PRAGMA application_id = 1112691784")                                    \
    X(SET_VERSION_1, "PRAGMA user_version = 1")

#define BERTH_SQL_CONNECTION(X)                                                                    \
    X(GET_APPLICATION_ID, "PRAGMA application_id")                                                 \
    X(GET_VERSION, "PRAGMA user_version")                                                          \
    X(GET_SCHEMA, "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid")            \
    X(SET_PAGE_SIZE, "PRAGMA page_size = 1024")                                                    \
    X(SET_JOURNAL, "PRAGMA journal_mode = WAL")                                                    \
    X(SET_SYNCHRONOUS, "PRAGMA synchronous = FULL")                                                \
    X(SET_FULLFSYNC, "PRAGMA fullfsync = ON")                                                      \
    X(SET_CELL_CHECK, "PRAGMA cell_size_check = ON")                                               \
    X(SET_MMAP, "PRAGMA mmap_size = 0")                                                            \
    X(SET_TEMP, "PRAGMA temp_store = MEMORY")                                                      \
    X(SET_CACHE, "PRAGMA cache_size = -32768")                                                     \
    X(SET_JOURNAL_LIMIT, "PRAGMA journal_size_limit = 33554432")                                   \
    X(GET_DATA_VERSION, "PRAGMA data_version")                                                     \
    X(CHECK_INTEGRITY, "PRAGMA integrity_check(20)")                                               \
    X(CHECK_REFERENCES, "PRAGMA foreign_key_check")                                                \
    X(BEGIN_READ, "BEGIN DEFERRED")                                                                \
    X(BEGIN_WRITE, "BEGIN IMMEDIATE")                                                              \
    X(COMMIT, "COMMIT")                                                                            \
    X(ROLLBACK, "ROLLBACK")

#define BERTH_SQL_LOAD(X)                                                                          \
    X(LOAD_COUNTERS, "SELECT kind, used FROM counters ORDER BY kind")                              \
    X(LOAD_NAMES, "SELECT kind, id, text FROM names ORDER BY kind, id")                            \
    X(LOAD_PROVIDERS, "SELECT id, uuid, name, parent, generation FROM providers ORDER BY id")      \
    X(LOAD_INVENTORIES,                                                                            \
      "SELECT provider, class, total, reserved, min_unit, max_unit, step_size, allocation_ratio"   \
      " FROM inventories ORDER BY provider, class")                                                \
    X(LOAD_TRAITS, "SELECT provider, trait FROM provider_traits ORDER BY provider, trait")         \
    X(LOAD_AGGREGATES,                                                                             \
      "SELECT provider, aggregate FROM provider_aggregates ORDER BY provider, aggregate")          \
    X(LOAD_CONSUMERS,                                                                              \
      "SELECT id, uuid, project, user, type, generation FROM consumers ORDER BY id")               \
    X(LOAD_ALLOCATIONS,                                                                            \
      "SELECT consumer, provider, class, used FROM allocations"                                    \
      " ORDER BY consumer DESC, provider DESC, class DESC")                                        \
    X(LOAD_SEQUENCE,                                                                               \
      "SELECT (SELECT min(sequence) FROM feed), (SELECT max(sequence) FROM feed)")

#define BERTH_SQL_WRITE(X)                                                                         \
    X(PUT_COUNTER, "UPDATE counters SET used = max(used, ?2) WHERE kind = ?1")                     \
    X(ADD_NAME, "INSERT INTO names(kind, id, text) VALUES(?1, ?2, ?3)")                            \
    X(REMOVE_NAME, "DELETE FROM names WHERE kind = ?1 AND id = ?2")                                \
    X(ADD_PROVIDER,                                                                                \
      "INSERT INTO providers(id, uuid, name, parent, generation) VALUES(?1, ?2, ?3, ?4, ?5)")      \
    X(PUT_PROVIDER, "UPDATE providers SET name = ?2, parent = ?3, generation = ?4 WHERE id = ?1")  \
    X(PUT_PROVIDER_GENERATION, "UPDATE providers SET generation = ?2 WHERE id = ?1")               \
    X(REMOVE_PROVIDER, "DELETE FROM providers WHERE id = ?1")                                      \
    X(ADD_INVENTORY,                                                                               \
      "INSERT INTO inventories(provider, class, total, reserved, min_unit, max_unit, step_size,"   \
      " allocation_ratio) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")                                 \
    X(PUT_INVENTORY,                                                                               \
      "UPDATE inventories SET total = ?3, reserved = ?4, min_unit = ?5, max_unit = ?6,"            \
      " step_size = ?7, allocation_ratio = ?8 WHERE provider = ?1 AND class = ?2")                 \
    X(REMOVE_INVENTORY, "DELETE FROM inventories WHERE provider = ?1 AND class = ?2")              \
    X(ADD_TRAIT, "INSERT INTO provider_traits(provider, trait) VALUES(?1, ?2)")                    \
    X(REMOVE_TRAIT, "DELETE FROM provider_traits WHERE provider = ?1 AND trait = ?2")              \
    X(ADD_AGGREGATE, "INSERT INTO provider_aggregates(provider, aggregate) VALUES(?1, ?2)")        \
    X(REMOVE_AGGREGATE, "DELETE FROM provider_aggregates WHERE provider = ?1 AND aggregate = ?2")  \
    X(ADD_CONSUMER,                                                                                \
      "INSERT INTO consumers(id, uuid, project, user, type, generation)"                           \
      " VALUES(?1, ?2, ?3, ?4, ?5, ?6)")                                                           \
    X(PUT_CONSUMER,                                                                                \
      "UPDATE consumers SET project = ?2, user = ?3, type = ?4, generation = ?5 WHERE id = ?1")    \
    X(REMOVE_CONSUMER, "DELETE FROM consumers WHERE id = ?1")                                      \
    X(ADD_ALLOCATION,                                                                              \
      "INSERT INTO allocations(consumer, provider, class, used) VALUES(?1, ?2, ?3, ?4)")           \
    X(PUT_ALLOCATION,                                                                              \
      "UPDATE allocations SET used = ?4 WHERE consumer = ?1 AND provider = ?2 AND class = ?3")     \
    X(REMOVE_ALLOCATION,                                                                           \
      "DELETE FROM allocations WHERE consumer = ?1 AND provider = ?2 AND class = ?3")

#define BERTH_SQL_FEED(X)                                                                          \
    X(ADD_CHANGESET, "INSERT INTO feed(sequence, writer, changes) VALUES(?1, ?2, ?3)")             \
    X(GET_CHANGESETS,                                                                              \
      "SELECT sequence, changes FROM feed WHERE sequence > ?1 ORDER BY sequence")                  \
    X(GET_WRITER, "SELECT writer FROM feed WHERE sequence = ?1")                                   \
    X(TRIM_CHANGESETS,                                                                             \
      "DELETE FROM feed WHERE sequence <= ?1"                                                      \
      " AND sequence < (SELECT min(sequence) FROM feed) + 256")

#define BERTH_SQL_STATEMENTS(X)                                                                    \
    BERTH_SQL_SCHEMA_1(X)                                                                          \
    BERTH_SQL_FILL_1(X)                                                                            \
    BERTH_SQL_CONNECTION(X)                                                                        \
    BERTH_SQL_LOAD(X)                                                                              \
    BERTH_SQL_WRITE(X)                                                                             \
    BERTH_SQL_FEED(X)

typedef enum berth_sql {
#define X(name, text) BERTH_SQL_##name,
    BERTH_SQL_STATEMENTS(X)
#undef X
        BERTH_SQL_COUNT
} berth_sql;

#endif
