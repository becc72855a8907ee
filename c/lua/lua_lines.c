/* lua_lines.c - a text file read line by line, plain or gzipped, without ever holding more than one
 * line of bounded length: berth.core.lines(path [, longest]) gives a userdata whose read() answers
 * the next line without its line end (LF or CRLF), nil at the end, or nil and an error.
 *
 * What a line means is the reader's business.  zlib reads plain files as they are, so the name of
 * a file does not matter. */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "core/err.h"
#include "lua/luax.h"

#define CHUNK_BYTES 32768
#define LONGEST_DEFAULT (1 << 20)
#define LONGEST_MAX (1 << 28)

/* Invariant: chunk[start .. end) is read but not yet given out.  file is NULL once closed. */
typedef struct lines_ud {
    gzFile file;
    size_t longest; /* bytes of one line */
    lua_Integer number; /* of the line given out last, 0 before the first */
    size_t start, end;
    char chunk[CHUNK_BYTES];
} lines_ud;

static const luax_class lines_class = {"berth.lines"};

static lines_ud *check_lines(lua_State *L) {
    lines_ud *self = luax_check(L, 1, &lines_class);
    luax_max_args(L, 1);
    if (!self->file) luax_closed(L, "line reader");
    return self;
}

static berth_rc fail_errno(berth_err *err, int number) {
    switch (number) {
    case ENOENT:
        return berth_fail(err, BERTH_ENOTFOUND, "there is no such file");
    case EISDIR:
        return berth_fail(err, BERTH_EIO, "it is a directory");
    case EACCES:
    case EPERM:
        return berth_fail(err, BERTH_EIO, "permission denied");
    case ENOMEM:
        return berth_fail_memory(err);
    default:
        return berth_fail(err, BERTH_EIO, "it cannot be read (error %d of the system)", number);
    }
}

/* The open file's descriptor, or -1 with *err filled. */
static int open_file(const char *path, berth_err *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        fail_errno(err, errno);
        return -1;
    }
    struct stat about;
    if (fstat(fd, &about) == 0 && S_ISDIR(about.st_mode)) {
        fail_errno(err, EISDIR);
        close(fd);
        return -1;
    }
    return fd;
}

/* lines(path [, longest]) -> lines | nil, err */
static int lines_open(lua_State *L) {
    const char *path = luaL_checkstring(L, 1);
    lua_Integer longest = luaL_optinteger(L, 2, LONGEST_DEFAULT);
    luaL_argcheck(L, strlen(path) == lua_rawlen(L, 1), 1, "a path holds no NUL");
    luaL_argcheck(L, longest >= 1 && longest <= LONGEST_MAX, 2, "out of range");
    luax_max_args(L, 2);
    lines_ud *self = luax_new(L, &lines_class, sizeof *self, 0);
    self->longest = (size_t)longest;
    berth_err err = {.rc = BERTH_OK};
    int fd = open_file(path, &err);
    if (fd < 0) return luax_fail(L, &err);
    self->file = gzdopen(fd, "rb"); /* owns fd from here on */
    if (!self->file) {
        close(fd);
        berth_fail_memory(&err);
        return luax_fail(L, &err);
    }
    return 1;
}

/* Fills the chunk.  1: there are bytes; 0: the file has ended; -1: *err is filled. */
static int refill(lines_ud *self, berth_err *err) {
    self->start = self->end = 0;
    errno = 0;
    int got = gzread(self->file, self->chunk, CHUNK_BYTES);
    if (got > 0) {
        self->end = (size_t)got;
        return 1;
    }
    int status = Z_OK;
    gzerror(self->file, &status);
    if (got == 0 && (status == Z_OK || status == Z_STREAM_END)) return 0;
    if (status == Z_ERRNO) {
        fail_errno(err, errno);
    } else if (status == Z_MEM_ERROR) {
        berth_fail_memory(err);
    } else if (status == Z_BUF_ERROR) {
        berth_fail(err, BERTH_EINVALID, "the gzip data end too early");
    } else {
        berth_fail(err, BERTH_EINVALID, "the gzip data are damaged");
    }
    return -1;
}

/* read() -> line | nil at the end | nil, err, what was read of the line */
static int lines_read(lua_State *L) {
    lines_ud *self = check_lines(L);
    berth_err err = {.rc = BERTH_OK};
    luaL_Buffer line;
    luaL_buffinit(L, &line);
    bool found = false, begun = false;
    int more = 1;
    while (!found) {
        if (self->start == self->end && (more = refill(self, &err)) <= 0) break;
        const char *from = self->chunk + self->start;
        size_t room = self->end - self->start;
        const char *end = memchr(from, '\n', room);
        size_t part = end ? (size_t)(end - from) : room;
        size_t left = self->longest - luaL_bufflen(&line);
        begun = true;
        luaL_addlstring(&line, from, part <= left ? part : left);
        if (part > left) {
            berth_fail(&err, BERTH_ELIMIT, "the line is longer than %zu bytes", self->longest);
            more = -1;
            break;
        }
        found = end != NULL;
        self->start += part + (found ? 1 : 0);
    }
    if (begun || more < 0) self->number++;
    size_t len = luaL_bufflen(&line);
    if (more >= 0 && len > 0 && luaL_buffaddr(&line)[len - 1] == '\r') luaL_buffsub(&line, 1);
    luaL_pushresult(&line); /* text */
    if (more < 0) {
        luax_fail(L, &err);   /* text nil err */
        lua_rotate(L, -3, 2); /* nil err text */
        return 3;
    }
    if (!begun) luaL_pushfail(L);
    return 1;
}

/* number() -> of the line read last (or failed upon), from 1 */
static int lines_number(lua_State *L) {
    lua_pushinteger(L, check_lines(L)->number);
    return 1;
}

/* close, __gc, __close: idempotent */
static int lines_close(lua_State *L) {
    lines_ud *self = luax_check(L, 1, &lines_class);
    gzFile file = self->file;
    self->file = NULL;
    if (file) gzclose(file);
    return 0;
}

static int lines_tostring(lua_State *L) {
    lines_ud *self = luax_check(L, 1, &lines_class);
    if (self->file) {
        lua_pushfstring(L, "berth.lines (line %I)", (LUAI_UACINT)self->number);
    } else {
        lua_pushliteral(L, "berth.lines (closed)");
    }
    return 1;
}

void luax_open_lines(lua_State *L) {
    static const luaL_Reg methods[] = {
        {"read", lines_read}, {"number", lines_number}, {"close", lines_close}, {NULL, NULL}};
    static const luaL_Reg meta[] = {{"__gc", lines_close},
                                    {"__close", lines_close},
                                    {"__tostring", lines_tostring},
                                    {NULL, NULL}};
    static const luax_members members = {.methods = methods, .meta = meta};
    luax_new_class(L, &lines_class, &members);
    lua_pushcfunction(L, lines_open);
    lua_setfield(L, -2, "lines");
}
