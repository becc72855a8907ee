/* platform.c - see platform.h; POSIX. */
#define _POSIX_C_SOURCE 200809L

#include "policy/platform.h"

#include <locale.h>
#include <stddef.h>
#include <time.h>

static int64_t read_clock(clockid_t id) {
    struct timespec t;
    if (clock_gettime(id, &t) != 0) return 0;
    return (int64_t)t.tv_sec * INT64_C(1000000000) + (int64_t)t.tv_nsec;
}

int64_t berth_platform_now(void *ud) {
    (void)ud;
    return read_clock(CLOCK_MONOTONIC);
}

int64_t berth_platform_busy(void *ud) {
    (void)ud;
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

void *berth_platform_locale_new(void) {
    return newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

void berth_platform_locale_free(void *locale) {
    if (locale) freelocale(locale);
}

void *berth_platform_locale_enter(void *locale) {
    return locale ? uselocale(locale) : NULL;
}

void berth_platform_locale_leave(void *locale, void *before) {
    if (locale) uselocale(before);
}
