/* platform.h - what the sandbox needs of the operating system beyond C11: two clocks and a locale
 * that is the same everywhere. */
#ifndef BERTH_POLICY_PLATFORM_H
#define BERTH_POLICY_PLATFORM_H

#include <stdint.h>

int64_t berth_platform_now(void *ud);  /* monotonic, nanoseconds */
int64_t berth_platform_busy(void *ud); /* processor time of this thread, nanoseconds */

/* The "C" locale; NULL when there is none to be had, then enter and leave do nothing. */
void *berth_platform_locale_new(void);
void berth_platform_locale_free(void *locale);
/* Makes it this thread's; returns what leave needs. */
void *berth_platform_locale_enter(void *locale);
void berth_platform_locale_leave(void *locale, void *before);

#endif
