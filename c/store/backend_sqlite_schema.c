/* backend_sqlite_schema.c - tables made, compared, brought up to date (backend_sqlite.h).
 *
 * A version is reached from the one before by a range of statements.  To change the tables: add
 * BERTH_SQL_SCHEMA_n and BERTH_SQL_FILL_n with the statements of the step, a line to `steps`, and
 * let `tables` name what a store of the newest version consists of. */
#include <string.h>

#include "core/err.h"
#include "store/backend_sqlite.h"

/* Statements first to last, both included, lead from version - 1 to version. */
static const struct step {
    int version;
    berth_sql first, last;
} steps[] = {
    {1, BERTH_SQL_CREATE_COUNTERS, BERTH_SQL_SET_VERSION_1},
};

static const struct table {
    const char *name;
    berth_sql create;
} tables[] = {
    {"counters", BERTH_SQL_CREATE_COUNTERS},
    {"names", BERTH_SQL_CREATE_NAMES},
    {"providers", BERTH_SQL_CREATE_PROVIDERS},
    {"inventories", BERTH_SQL_CREATE_INVENTORIES},
    {"provider_traits", BERTH_SQL_CREATE_TRAITS},
    {"provider_aggregates", BERTH_SQL_CREATE_AGGREGATES},
    {"consumers", BERTH_SQL_CREATE_CONSUMERS},
    {"allocations", BERTH_SQL_CREATE_ALLOCATIONS},
    {"feed", BERTH_SQL_CREATE_FEED},
};

#define TABLES (sizeof tables / sizeof tables[0])

static const char *column_text(sqlite3_stmt *row, int column) {
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text == NULL ? "" : text;
}

static bool is_own_index(const char *name) {
    static const char prefix[] = "sqlite_autoindex_";
    return strncmp(name, prefix, sizeof prefix - 1) == 0;
}

/* One object of the file: false when it touches our tables without being ours. */
static bool object_fits(sqlite3_stmt *row, unsigned *found) {
    const char *type = column_text(row, 0), *name = column_text(row, 1);
    const char *table = column_text(row, 2), *sql = column_text(row, 3);
    for (size_t i = 0; i < TABLES; i++) {
        if (sqlite3_stricmp(table, tables[i].name) != 0) continue;
        if (strcmp(type, "index") == 0) return is_own_index(name) && *sql == '\0';
        *found |= 1u << i;
        return strcmp(type, "table") == 0 && strcmp(sql, berth_sqlite_text(tables[i].create)) == 0;
    }
    return strcmp(type, "table") == 0 || strcmp(type, "index") == 0;
}

/* *objects counts everything in the file. */
static berth_rc compare_schema(berth_connection *c, int *objects, bool *same, berth_err *err) {
    sqlite3_stmt *row;
    unsigned found = 0;
    *objects = 0;
    *same = true;
    berth_rc rc = berth_sqlite_prepare(c, BERTH_SQL_GET_SCHEMA, &row, err);
    if (rc != BERTH_OK) return rc;
    int code;
    while ((code = berth_sqlite_step(c, row)) == SQLITE_ROW) {
        ++*objects;
        if (!object_fits(row, &found)) *same = false;
    }
    sqlite3_reset(row);
    if (found != (1u << TABLES) - 1) *same = false;
    return code == SQLITE_DONE ? BERTH_OK : berth_sqlite_fail(c, code, err);
}

static berth_rc recognise(berth_connection *c, berth_sqlite_content *out, berth_err *err) {
    int64_t application, version;
    int objects;
    bool same;
    *out = BERTH_CONTENT_EMPTY;
    berth_rc rc = berth_sqlite_number(c, BERTH_SQL_GET_APPLICATION_ID, &application, err);
    if (rc == BERTH_OK) rc = berth_sqlite_number(c, BERTH_SQL_GET_VERSION, &version, err);
    if (rc != BERTH_OK) return rc;
    if (application != BERTH_SQL_APPLICATION_ID) {
        rc = compare_schema(c, &objects, &same, err);
        if (rc != BERTH_OK) return rc;
        if (application == 0 && version == 0 && objects == 0) return BERTH_OK;
        return berth_fail(err, BERTH_ENOTADB, "the file belongs to another program");
    }
    if (version > BERTH_SQL_VERSION) {
        rc = berth_fail(err, BERTH_EVERSION,
                        "the store has version %lld of the tables, this berth knows %d",
                        (long long)version, BERTH_SQL_VERSION);
        berth_err_number(err, "have", version);
        berth_err_number(err, "want", BERTH_SQL_VERSION);
        return rc;
    }
    if (version < 1) return berth_fail(err, BERTH_ECORRUPT, "the store's file has no version");
    *out = version < BERTH_SQL_VERSION ? BERTH_CONTENT_OLD : BERTH_CONTENT_STORE;
    if (*out == BERTH_CONTENT_OLD) return BERTH_OK; /* compared once it is up to date */
    rc = compare_schema(c, &objects, &same, err);
    if (rc == BERTH_OK && !same)
        rc = berth_fail(err, BERTH_ECORRUPT, "the store's tables are not as berth makes them");
    return rc;
}

berth_rc berth_sqlite_recognise(berth_connection *c, berth_sqlite_content *out, berth_err *err) {
    if (!sqlite3_get_autocommit(c->db)) return recognise(c, out, err);
    /* one snapshot: another process may be making the tables at this moment */
    berth_rc rc = berth_sqlite_run(c, BERTH_SQL_BEGIN_READ, err);
    if (rc != BERTH_OK) return rc;
    rc = recognise(c, out, err);
    if (!sqlite3_get_autocommit(c->db)) (void)berth_sqlite_run(c, BERTH_SQL_ROLLBACK, NULL);
    return rc;
}

static berth_rc run_step(berth_connection *c, const struct step *s, berth_err *err) {
    berth_rc rc = BERTH_OK;
    for (int id = (int)s->first; id <= (int)s->last && rc == BERTH_OK; id++)
        rc = berth_sqlite_run(c, (berth_sql)id, err);
    return rc;
}

berth_rc berth_sqlite_migrate(berth_connection *c, berth_err *err) {
    int64_t version;
    berth_rc rc = berth_sqlite_number(c, BERTH_SQL_GET_VERSION, &version, err);
    c->making_schema = true;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && rc == BERTH_OK; i++)
        if (steps[i].version > version) rc = run_step(c, &steps[i], err);
    c->making_schema = false;
    return rc;
}
