/* redact.c - the redactor beside the same kinds of rules one by one: `redact MIXED CLEAN HITS
 * SEED`, files of log lines.  Rounds of all of them in turn; what is told of two is the median of
 * their ratios within a round. */
#define _POSIX_C_SOURCE 200809L
#include "redact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "log/log.h"

#define ROUNDS 7
#define PIECE ((size_t)256 << 10) /* of a stream */
#define RECORDS 100000
#define TRIES 3000

typedef struct text {
    char *s;
    size_t len;
} text;

double bench_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static text read_file(const char *path) {
    text t = {NULL, 0};
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) abort();
    t.len = (size_t)ftell(file);
    rewind(file);
    t.s = malloc(t.len + 1);
    if (!t.s || fread(t.s, 1, t.len, file) != t.len) abort();
    fclose(file);
    return t;
}

static berth_rc count(void *ud, const char *s, size_t len, berth_err *err) {
    (void)s;
    (void)err;
    *(size_t *)ud += len;
    return BERTH_OK;
}

/* Seconds for the text as a stream. */
static double ours(berth_redactor *r, text t) {
    berth_redact_stream *stream;
    berth_err err;
    size_t written = 0;
    double start = bench_now();
    if (berth_redact_stream_open(r, BERTH_STREAM_TEXT, count, &written, &stream, &err) != BERTH_OK)
        abort();
    for (size_t at = 0; at < t.len; at += PIECE) {
        size_t n = t.len - at < PIECE ? t.len - at : PIECE;
        if (berth_redact_stream_feed(stream, t.s + at, n, &err) != BERTH_OK) abort();
    }
    if (berth_redact_stream_end(stream, &err) != BERTH_OK) abort();
    berth_redact_stream_close(stream);
    return bench_now() - start;
}

static double theirs(bench_peer *peer, text t) {
    double start = bench_now();
    if (bench_peer_run(peer, t.s, t.len) == 0) abort();
    return bench_now() - start;
}

static double copied(text t) {
    char *copy = malloc(t.len);
    if (!copy) abort();
    memset(copy, 1, t.len);
    double start = bench_now();
    memcpy(copy, t.s, t.len);
    double took = bench_now() - start;
    if (copy[t.len / 2] != t.s[t.len / 2]) abort();
    free(copy);
    return took;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median of a[i] / b[i]. */
static double ratio(const double *a, const double *b) {
    double of[ROUNDS];
    for (size_t i = 0; i < ROUNDS; i++) of[i] = a[i] / b[i];
    qsort(of, ROUNDS, sizeof *of, by_value);
    return of[ROUNDS / 2];
}

static double rate(const double *seconds, text t) {
    double sorted[ROUNDS];
    memcpy(sorted, seconds, sizeof sorted);
    qsort(sorted, ROUNDS, sizeof *sorted, by_value);
    return (double)t.len / sorted[ROUNDS / 2] / 1e6;
}

static size_t lines_of(text t) {
    size_t lines = 0;
    for (size_t i = 0; i < t.len; i++) lines += t.s[i] == '\n';
    return lines;
}

static void bench_logs(text mixed, text clean, text hits) {
    berth_redact_options options = {0};
    berth_redactor *r;
    berth_err err;
    bench_peer *peer = bench_peer_open();
    double took[5][ROUNDS];
    if (berth_redactor_open(berth_mem_default(), &options, &r, &err) != BERTH_OK) abort();
    for (size_t i = 0; i < ROUNDS; i++) {
        took[0][i] = theirs(peer, mixed) / (double)mixed.len;
        took[1][i] = ours(r, mixed) / (double)mixed.len;
        took[2][i] = ours(r, clean) / (double)clean.len;
        took[3][i] = ours(r, hits) / (double)hits.len;
        took[4][i] = copied(clean) / (double)clean.len;
    }
    static const char *const names[] = {"mixed log, patterns one by one", "mixed log",
                                        "clean lines", "every line hits", "copied only"};
    printf("%-32s %10s %12s %12s\n", "", "MB/s", "x patterns", "x mixed");
    text one = {NULL, 1};
    for (size_t k = 0; k < 5; k++)
        printf("%-32s %10.1f %12.2f %12.2f\n", names[k], rate(took[k], one),
               ratio(took[0], took[k]), ratio(took[1], took[k]));
    printf("%zu patterns; %.1f MB mixed, mean line %.0f bytes\n", bench_peer_patterns(),
           (double)mixed.len / 1e6, (double)mixed.len / (double)lines_of(mixed));
    bench_peer_close(peer);
    berth_redactor_close(r);
}

/* --- records ------------------------------------------------------------------------------- */

static bool swallow(void *ud, berth_level level, const char *line, size_t len) {
    (void)level;
    *(size_t *)ud += len + (size_t)line[0];
    return true;
}

#define TEXT(key, value)                                                                           \
    { .name = key, .type = BERTH_FIELD_TEXT, .text = value, .len = sizeof value - 1 }
#define INTEGER(key, value)                                                                        \
    { .name = key, .type = BERTH_FIELD_INTEGER, .integer = value }

/* A decision as a store tells it, every text looked at. */
static void bench_records(void) {
    static const char message[] = "allocation of a consumer was decided";
    const berth_log_field fields[] = {
        TEXT("consumer", "2f1d63a0-53c1-4c36-8a3b-0f6d6f2a9b11"),
        TEXT("project", "geo-tiles"),
        TEXT("user", "svc-build"),
        TEXT("provider", "gpu-17.rack3.lab"),
        TEXT("policy", "quota"),
        TEXT("verdict", "admit"),
        INTEGER("steps", 412),
        INTEGER("took_us", 17),
    };
    const berth_record record = {.message = message,
                                 .message_len = sizeof message - 1,
                                 .fields = fields,
                                 .count = sizeof fields / sizeof *fields};
    size_t written = 0;
    berth_redact_options options = {0};
    berth_log_options to = {.sink = {.write = swallow, .ud = &written}};
    berth_redactor *r;
    berth_log *log;
    berth_err err;
    if (berth_redactor_open(berth_mem_default(), &options, &r, &err) != BERTH_OK ||
        berth_log_open(berth_mem_default(), &to, &log, &err) != BERTH_OK)
        abort();
    double best = 1e9;
    for (unsigned round = 0; round < ROUNDS; round++) {
        double start = bench_now();
        for (unsigned i = 0; i < RECORDS; i++) berth_log_write(log, r, BERTH_LEVEL_ERROR, &record);
        double took = (bench_now() - start) / RECORDS * 1e9;
        if (took < best) best = took;
    }
    printf("a decision of 8 fields, redacted and laid out as JSON: %.0f ns\n", best);
    berth_log_close(log);
    berth_redactor_close(r);
}

int main(int argc, char **argv) {
    if (argc != 5) return 2;
    text mixed = read_file(argv[1]), clean = read_file(argv[2]), hits = read_file(argv[3]);
    bench_logs(mixed, clean, hits);
    bench_records();
    bench_hostile(TRIES, strtoul(argv[4], NULL, 10));
    free(mixed.s);
    free(clean.s);
    free(hits.s);
    return 0;
}
