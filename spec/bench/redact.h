/* redact.h - what the parts of the redactor's benchmark share. */
#ifndef BENCH_REDACT_H
#define BENCH_REDACT_H

#include <stddef.h>

#include "log/redact_stream.h"

double bench_now(void); /* seconds of this thread's processor time */

/* redact_peer.c: the same kinds of secrets by patterns, one after another for each line. */
typedef struct bench_peer bench_peer;
bench_peer *bench_peer_open(void);
size_t bench_peer_patterns(void);
/* Lines through all patterns; the number of matches. */
size_t bench_peer_run(bench_peer *peer, const char *s, size_t len);
void bench_peer_close(bench_peer *peer);

/* redact_hostile.c: prints the worst nanoseconds a byte of lines of 1 MB, of which some are known
 * to be nasty and `tries` are made up. */
void bench_hostile(unsigned tries, unsigned long seed);

#endif
