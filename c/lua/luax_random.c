/* luax_random.c - randomness of the operating system, for uuids and hash keys; the floors below
 * only ever get such bytes handed in. */
#define _GNU_SOURCE /* getrandom, getentropy */
#include "lua/luax.h"

#include <errno.h>
#if defined(__linux__)
#include <sys/random.h>
#else
#include <unistd.h>
#endif

berth_rc luax_random(void *bytes, size_t size, berth_err *err) {
    unsigned char *at = bytes;
    while (size > 0) {
#if defined(__linux__)
        ssize_t n = getrandom(at, size, 0);
#else
        size_t part = size < 256 ? size : 256;
        ssize_t n = getentropy(at, part) == 0 ? (ssize_t)part : -1;
#endif
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return berth_fail(err, BERTH_EIO, "the system gives no random bytes");
        at += n;
        size -= (size_t)n;
    }
    return BERTH_OK;
}
