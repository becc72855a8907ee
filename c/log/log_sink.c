/* log_sink.c - standard error, files, the system's log.  None waits longer than BERTH_SINK_WAIT
 * for whoever reads at the other end. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "core/err.h"
#include "log/log.h"

#define PIECE 4096          /* a pipe that is ready takes so much without waiting */
#define SYSLOG_USER (1 << 3) /* the facility of user programs */
#define SYSLOG_LINE 8192     /* bytes of one datagram */

typedef struct fd_sink {
    berth_mem mem;
    int fd;
    bool waits;  /* no plain file: its reader may be slow */
    bool stuck;  /* its reader was too slow: nobody waits for it until it reads again */
    bool torn; /* the last line was written in part only */
    size_t size; /* of this */
    char path[]; /* "": standard error */
} fd_sink;

static int64_t milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Writes to a plain file, which never makes wait for a reader. */
static bool write_file(int fd, const char *s, size_t len, size_t *done) {
    for (*done = 0; *done < len;) {
        ssize_t written = write(fd, s + *done, len - *done);
        if (written < 0 && errno != EINTR) return false;
        if (written > 0) *done += (size_t)written;
    }
    return true;
}

/* Is there room for a piece?  Waits for it once, and not again before there was some. */
static bool has_room(fd_sink *sink, int64_t *until) {
    struct pollfd ready = {.fd = sink->fd, .events = POLLOUT};
    int n = poll(&ready, 1, 0);
    while (n <= 0 && !sink->stuck) {
        if (n < 0 && errno != EINTR) return false;
        if (*until == 0) *until = milliseconds() + BERTH_SINK_WAIT;
        int64_t left = *until - milliseconds();
        if (left <= 0) sink->stuck = true;
        else n = poll(&ready, 1, (int)left);
    }
    if (n > 0) sink->stuck = false;
    return n > 0 && (ready.revents & (POLLERR | POLLNVAL)) == 0; /* else it would be a SIGPIPE */
}

/* Writes all, or gives up when nobody reads; *done is how much was written. */
static bool write_all(fd_sink *sink, const char *s, size_t len, size_t *done) {
    int64_t until = 0;
    if (!sink->waits) return write_file(sink->fd, s, len, done);
    for (*done = 0; *done < len;) {
        if (!has_room(sink, &until)) return false;
        size_t piece = len - *done < PIECE ? len - *done : PIECE;
        ssize_t written = write(sink->fd, s + *done, piece);
        if (written < 0 && errno != EINTR && errno != EAGAIN) return false;
        if (written > 0) *done += (size_t)written;
    }
    return true;
}

static bool fd_write(void *ud, berth_level level, const char *line, size_t len) {
    fd_sink *sink = ud;
    size_t done;
    (void)level;
    if (sink->fd < 0) return false;
    if (sink->torn) { /* what follows begins on a line of its own */
        if (!write_all(sink, "\n", 1, &done)) return false;
        sink->torn = false;
    }
    if (write_all(sink, line, len, &done)) return true;
    sink->torn = done > 0;
    return false;
}

static bool waits(int fd) {
    struct stat about;
    return fstat(fd, &about) != 0 || !S_ISREG(about.st_mode);
}

static berth_rc fd_reopen(void *ud, berth_err *err) {
    fd_sink *sink = ud;
    if (sink->path[0] == '\0') {
        sink->waits = true; /* the program may point it elsewhere at any time */
        return BERTH_OK;
    }
    int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    int fd = open(sink->path, flags, 0600);
    if (fd < 0) {
        int why = errno;
        berth_fail(err, BERTH_EIO, "the log file cannot be opened");
        berth_err_number(err, "errno", why);
        return BERTH_EIO;
    }
    if (sink->fd >= 0) close(sink->fd);
    sink->fd = fd;
    sink->waits = waits(fd);
    sink->torn = false;
    return BERTH_OK;
}

static void fd_close(void *ud) {
    fd_sink *sink = ud;
    if (sink->path[0] != '\0' && sink->fd >= 0) close(sink->fd);
    berth_free(&sink->mem, sink, sink->size);
}

static berth_rc fd_open(berth_mem mem, const char *path, berth_sink *out, berth_err *err) {
    size_t len = strlen(path), size = sizeof(fd_sink) + len + 1;
    fd_sink *sink = berth_calloc(&mem, 1, size);
    if (!sink) return berth_fail_memory(err);
    sink->mem = mem;
    sink->size = size;
    sink->fd = path[0] ? -1 : STDERR_FILENO;
    memcpy(sink->path, path, len + 1);
    berth_rc rc = fd_reopen(sink, err);
    if (rc != BERTH_OK) {
        fd_close(sink);
        return rc;
    }
    *out = (berth_sink){.write = fd_write, .reopen = fd_reopen, .close = fd_close, .ud = sink};
    return BERTH_OK;
}

berth_rc berth_sink_stderr(berth_mem mem, berth_sink *out, berth_err *err) {
    return fd_open(mem, "", out, err);
}

berth_rc berth_sink_file(berth_mem mem, const char *path, berth_sink *out, berth_err *err) {
    if (path[0] == '\0') return berth_fail(err, BERTH_EINVALID, "a log file needs a name");
    return fd_open(mem, path, out, err);
}

/* --- the system's log ----------------------------------------------------------------------- */

typedef struct syslog_sink {
    berth_mem mem;
    int fd;
    char ident[64];
} syslog_sink;

static berth_rc syslog_reopen(void *ud, berth_err *err) {
    syslog_sink *sink = ud;
    struct sockaddr_un to = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
    if (sink->fd >= 0) close(sink->fd);
    sink->fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (sink->fd >= 0) fcntl(sink->fd, F_SETFD, FD_CLOEXEC);
    if (sink->fd < 0 || connect(sink->fd, (const struct sockaddr *)&to, sizeof to) != 0) {
        int why = errno;
        berth_fail(err, BERTH_EIO, "the system's log cannot be reached");
        berth_err_number(err, "errno", why);
        return BERTH_EIO;
    }
    return BERTH_OK;
}

static bool syslog_write(void *ud, berth_level level, const char *line, size_t len) {
    static const int severities[] = {
#define X(name, word, severity) severity,
        BERTH_LEVELS(X)
#undef X
    };
    syslog_sink *sink = ud;
    char text[SYSLOG_LINE];
    int n = snprintf(text, sizeof text, "<%d>%s[%ld]: ", SYSLOG_USER | severities[level],
                     sink->ident, (long)getpid());
    size_t head = n > 0 ? (size_t)n : 0, room = sizeof text - head;
    if (len > 0 && line[len - 1] == '\n') len--;
    if (len > room) len = room;
    memcpy(text + head, line, len);
    for (unsigned attempt = 0; attempt < 2; attempt++) {
        if (sink->fd >= 0 && send(sink->fd, text, head + len, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
            return true;
        if (errno == EAGAIN || errno == ENOBUFS) return false; /* nobody reads just now */
        if (syslog_reopen(sink, NULL) != BERTH_OK) return false; /* its daemon was restarted */
    }
    return false;
}

static void syslog_close(void *ud) {
    syslog_sink *sink = ud;
    if (sink->fd >= 0) close(sink->fd);
    berth_free(&sink->mem, sink, sizeof *sink);
}

berth_rc berth_sink_syslog(berth_mem mem, const char *ident, berth_sink *out, berth_err *err) {
    syslog_sink *sink = berth_calloc(&mem, 1, sizeof *sink);
    if (!sink) return berth_fail_memory(err);
    sink->mem = mem;
    sink->fd = -1;
    snprintf(sink->ident, sizeof sink->ident, "%s", ident);
    berth_rc rc = syslog_reopen(sink, err);
    if (rc != BERTH_OK) {
        syslog_close(sink);
        return rc;
    }
    *out = (berth_sink){
        .write = syslog_write, .reopen = syslog_reopen, .close = syslog_close, .ud = sink};
    return BERTH_OK;
}
