/* fault_log.c - a system's log that specs can start, fill up and stop, and read.
 *
 * Preloaded into a process, the module leads what connects to /dev/log to the socket that
 * BERTH_DEV_LOG names; merely loaded it leads nothing anywhere. */
#define _DEFAULT_SOURCE

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "fault.h"

#define DATAGRAM_MAX 65536

__attribute__((visibility("default"))) int connect(int fd, const struct sockaddr *to,
                                                   socklen_t len) {
    const char *path = getenv("BERTH_DEV_LOG");
    const struct sockaddr_un *asked = (const void *)to;
    struct sockaddr_un instead = {.sun_family = AF_UNIX};
    if (path && to->sa_family == AF_UNIX && strcmp(asked->sun_path, "/dev/log") == 0) {
        strncpy(instead.sun_path, path, sizeof instead.sun_path - 1);
        to = (const void *)&instead;
        len = sizeof instead;
    }
    return (int)syscall(SYS_connect, fd, to, len);
}

/* log_open(path) -> a socket there that takes what is sent to the system's log. */
static int log_open(lua_State *L) {
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    strncpy(at.sun_path, luaL_checkstring(L, 1), sizeof at.sun_path - 1);
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (fd < 0 || bind(fd, (const void *)&at, sizeof at) != 0)
        return luaL_error(L, "no socket at %s", at.sun_path);
    lua_pushinteger(L, fd);
    return 1;
}

/* log_read(socket) -> the next datagram; nil: there is none. */
static int log_read(lua_State *L) {
    luaL_Buffer text;
    char *into = luaL_buffinitsize(L, &text, DATAGRAM_MAX);
    ssize_t n = recv((int)luaL_checkinteger(L, 1), into, DATAGRAM_MAX, MSG_DONTWAIT);
    if (n < 0) return 0;
    luaL_pushresultsize(&text, (size_t)n);
    return 1;
}

static int log_close(lua_State *L) {
    close((int)luaL_checkinteger(L, 1));
    return 0;
}

void fault_open_log(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"log_open", log_open}, {"log_read", log_read}, {"log_close", log_close}, {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
}
