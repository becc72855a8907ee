/* lua_logger_redact.c - a logger's redactor used directly: on texts and tables, as a filter from
 * file to file, and the list of its rules. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/err.h"
#include "log/redact_stream.h"
#include "lua/lua_logger.h"

#define CHUNK_BYTES ((size_t)256 << 10)

/* redact(text or table) -> the same without secrets */
int luax_logger_redact(lua_State *L) {
    luax_logger *self = luax_check_logger(L);
    luax_max_args(L, 2);
    if (lua_type(L, 2) != LUA_TSTRING) luax_check_type(L, 2, LUA_TTABLE);
    luax_redact_value(L, self->redaction);
    return 1;
}

/* --- from file to file --------------------------------------------------------------------- */

static int descriptor(lua_State *L, int arg) {
    luaL_Stream *stream = luaL_checkudata(L, arg, LUA_FILEHANDLE);
    luaL_argcheck(L, stream->closef != NULL, arg, "the file is closed");
    return fileno(stream->f);
}

/* Output on its way to a descriptor. */
typedef struct output {
    int fd;
    size_t used;
    char buffer[CHUNK_BYTES];
} output;

static berth_rc fail_errno(berth_err *err, const char *what) {
    int why = errno;
    berth_fail(err, BERTH_EIO, "%s", what);
    berth_err_number(err, "errno", why);
    berth_err_text(err, "reason", why == EPIPE ? "broken_pipe" : strerror(why));
    return BERTH_EIO;
}

static berth_rc flush(output *out, berth_err *err) {
    for (size_t done = 0; done < out->used;) {
        ssize_t n = write(out->fd, out->buffer + done, out->used - done);
        if (n < 0 && errno != EINTR) return fail_errno(err, "the output cannot be written");
        if (n > 0) done += (size_t)n;
    }
    out->used = 0;
    return BERTH_OK;
}

static berth_rc take(void *ud, const char *s, size_t len, berth_err *err) {
    output *out = ud;
    while (len > 0) {
        size_t room = CHUNK_BYTES - out->used, n = len < room ? len : room;
        memcpy(out->buffer + out->used, s, n);
        out->used += n;
        s += n;
        len -= n;
        if (out->used == CHUNK_BYTES) {
            berth_rc rc = flush(out, err);
            if (rc != BERTH_OK) return rc;
        }
    }
    return BERTH_OK;
}

/* Everything the descriptor has.  What is there is written before more is waited for, so that a
 * filter in a pipe does not hold lines back. */
static berth_rc pump(int fd, berth_redact_stream *stream, output *out, char *chunk,
                     berth_err *err) {
    for (;;) {
        ssize_t n = read(fd, chunk, CHUNK_BYTES);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_errno(err, "the input cannot be read");
        berth_rc rc = n > 0 ? berth_redact_stream_feed(stream, chunk, (size_t)n, err)
                            : berth_redact_stream_end(stream, err);
        if (rc == BERTH_OK) rc = flush(out, err);
        if (rc != BERTH_OK || n == 0) return rc;
    }
}

/* filter(input, output, format) -> true | nil, err: both open files, "text" (default) or "jsonl" */
int luax_logger_filter(lua_State *L) {
    static const char *const formats[] = {"text", "jsonl", NULL};
    luax_logger *self = luax_check_logger(L);
    luax_max_args(L, 4);
    int from = descriptor(L, 2), to = descriptor(L, 3);
    int format = luaL_checkoption(L, 4, formats[0], formats);
    output *out = lua_newuserdatauv(L, sizeof *out, 0);
    char *chunk = lua_newuserdatauv(L, CHUNK_BYTES, 0);
    luaL_checkstack(L, 32, NULL);
    *out = (output){.fd = to};
    berth_redact_stream *stream;
    berth_err err;
    berth_rc rc = berth_redact_stream_open(luax_redaction_use(L, &self->redaction),
                                           format ? BERTH_STREAM_JSONL : BERTH_STREAM_TEXT, take,
                                           out, &stream, &err);
    if (rc == BERTH_OK) rc = pump(from, stream, out, chunk, &err);
    berth_redact_stream_close(stream);
    if (rc != BERTH_OK) return luax_fail(L, &err);
    lua_pushboolean(L, true);
    return 1;
}

/* --- rules --------------------------------------------------------------------------------- */

/* rules() -> array of {name=, hits=, sample=, expect=}; the latter two for built-in rules */
int luax_logger_list_rules(lua_State *L) {
    luax_logger *self = luax_check_logger(L);
    const berth_redactor *r = self->redaction->redactor;
    luax_max_args(L, 1);
    size_t count = berth_redactor_rules(r);
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        berth_redact_info rule = berth_redactor_rule(r, i);
        lua_createtable(L, 0, 4);
        luax_set_text(L, "name", rule.name);
        luax_set_text(L, "sample", rule.sample);
        luax_set_text(L, "expect", rule.expect);
        luax_set_integer(L, "hits", (int64_t)rule.hits);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}
