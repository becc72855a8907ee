/* fuzz_redact.c - any bytes through the redactor: a target for libFuzzer, or with -DALONE a program
 * that makes up inputs itself.
 *
 * Of every text: nothing crashes, the result is no longer than promised, redacting it again changes
 * nothing, with and without vectors it is the same and takes the same work, and a stream is the same
 * however it is cut.  A secret planted where any reader would see one never survives.  Aborts when
 * one of these does not hold. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/redact_private.h"
#include "log/redact_stream.h"

#define PROFILES 3
#define MASKS 3
#define VECTORS 3 /* all of the processor's, none of AVX-512, none */
#define TEXT_MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

/* --- what is under test -------------------------------------------------------------------- */

static berth_redactor *redactor(unsigned profile, unsigned mask, unsigned without) {
    static berth_redactor *opened[PROFILES][MASKS][VECTORS];
    berth_redactor **it = &opened[profile][mask][without];
    if (*it) return *it;
    berth_redact_options options = {.profile = (berth_redact_profile)profile,
                                    .mask = (berth_redact_mask)mask, .without = without};
    berth_redact_key("fuzz", 4, options.key);
    berth_err err;
    if (berth_redactor_open(berth_mem_default(), &options, it, &err) != BERTH_OK) abort();
    return *it;
}

typedef struct text {
    char *s;
    size_t len;
} text;

static text copy(const char *s, size_t len) {
    text t = {malloc(len + 1), len};
    if (!t.s) abort();
    memcpy(t.s, s, len);
    t.s[len] = '\0';
    return t;
}

static bool holds(text t, const char *what, size_t len) {
    for (size_t i = 0; i + len <= t.len; i++) {
        if (memcmp(t.s + i, what, len) == 0) return true;
    }
    return false;
}

static void fail(const char *what, text input, text output) {
    fprintf(stderr, "\n%s\n--- input (%zu)\n", what, input.len);
    fwrite(input.s, 1, input.len, stderr);
    fprintf(stderr, "\n--- output (%zu)\n", output.len);
    fwrite(output.s, 1, output.len, stderr);
    fprintf(stderr, "\n---\n");
    abort();
}

static text redact(berth_redactor *r, text in) {
    const char *out;
    size_t len;
    berth_err err;
    berth_redact(r, in.s, in.len, &out, &len, &err);
    return copy(out, len);
}

static void expect_same(const char *what, text input, text a, text b) {
    if (a.len != b.len || memcmp(a.s, b.s, a.len) != 0) {
        fprintf(stderr, "\n--- first\n%.*s\n", (int)a.len, a.s);
        fail(what, input, b);
    }
}

/* --- streams ------------------------------------------------------------------------------- */

static berth_rc take(void *ud, const char *s, size_t len, berth_err *err) {
    text *out = ud;
    (void)err;
    out->s = realloc(out->s, out->len + len + 1);
    if (!out->s) abort();
    memcpy(out->s + out->len, s, len);
    out->len += len;
    return BERTH_OK;
}

/* The text as a stream, in pieces of `piece` bytes. */
static text stream(berth_redactor *r, berth_stream_format format, text in, size_t piece) {
    text out = {calloc(1, 1), 0};
    berth_redact_stream *s;
    berth_err err;
    if (berth_redact_stream_open(r, format, take, &out, &s, &err) != BERTH_OK) abort();
    for (size_t at = 0; at < in.len; at += piece) {
        size_t n = in.len - at < piece ? in.len - at : piece;
        if (berth_redact_stream_feed(s, in.s + at, n, &err) != BERTH_OK) abort();
    }
    if (berth_redact_stream_end(s, &err) != BERTH_OK) abort();
    berth_redact_stream_close(s);
    return out;
}

static void check_streams(berth_redactor *r, text in, size_t piece) {
    for (int format = 0; format < 2; format++) {
        text whole = stream(r, (berth_stream_format)format, in, in.len + 1);
        text cut = stream(r, (berth_stream_format)format, in, piece);
        expect_same("a stream depends on how it is cut", in, whole, cut);
        if (whole.len > BERTH_REDACT_ROOM(in.len)) fail("a stream is too long", in, whole);
        free(whole.s);
        free(cut.s);
    }
}

/* --- checks -------------------------------------------------------------------------------- */

static void check_text(unsigned profile, unsigned mask, text in) {
    berth_redactor *r = redactor(profile, mask, 0);
    text once = redact(r, in), twice = redact(r, once);
    for (unsigned without = 1; without < VECTORS; without++) {
        text other = redact(redactor(profile, mask, without), in);
        expect_same("other vectors tell something else", in, once, other);
        free(other.s);
    }
    /* these two have seen the same texts; where a long one is cut off depends on it */
    if (redactor(profile, mask, 1)->work != redactor(profile, mask, 2)->work)
        fail("other vectors take other work", in, once);
    expect_same("redacting again changes something", in, once, twice);
    if (once.len > BERTH_REDACT_ROOM(in.len)) fail("too long", in, once);
    free(once.s);
    free(twice.s);
}

/* Where a secret stands whatever is around it; lines of their own. */
static const char *const frames[][2] = {
    {"{\"password\": \"", "\"}"},         {"{\"user\": \"ann\", \"token\":\"", "\"}"},
    {"password=", ""},                    {"db_password: ", ""},
    {"{'secret': '", "'}"},               {"<password>", "</password>"},
    {"GET /x?access_token=", "&n=1"},     {"Authorization: Bearer ", ""},
    {"X-Auth-Token: ", ""},               {"connect amqp://ann:", "@mq-1:5672/"},
    {"run --password ", " --host db-1"},  {"Cookie: session=", "; theme=dark"},
    {"api_key=\"", "\""},                 {"{\\\"password\\\": \\\"", "\\\"}"},
    {"Server=db-1;Password=", ";Port=1"}, {"level=info passwd=", " host=db-1"},
};

#define NFRAMES (sizeof frames / sizeof *frames)
#define SECRET 14

/* A line of a stream, with the input's bytes before and after it. */
static void check_planted(unsigned profile, unsigned mask, unsigned frame, text around) {
    static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
    char secret[SECRET + 1] = "Zx7";
    uint64_t chance = 88172645463325252u + around.len;
    for (size_t i = 0; i < around.len; i++) chance = (chance ^ (uint8_t)around.s[i]) * 0x100000001b3u;
    for (size_t i = 3; i < SECRET; i++) {
        secret[i] = letters[chance % (sizeof letters - 1)];
        chance = chance / 7 * 0x9e3779b97f4a7c15u + i;
    }
    const char *const *with = frames[frame];
    char line[256];
    size_t before = around.len / 2;
    int n = snprintf(line, sizeof line, "\n%s%s%s\n", with[0], secret, with[1]);
    text in = {malloc((size_t)n + around.len + 1), 0};
    if (!in.s) abort();
    memcpy(in.s, around.s, before);
    memcpy(in.s + before, line, (size_t)n);
    memcpy(in.s + before + (size_t)n, around.s + before, around.len - before);
    in.len = (size_t)n + around.len;
    berth_redactor *r = redactor(profile, mask, 0);
    text lines = stream(r, BERTH_STREAM_TEXT, in, in.len);
    if (holds(lines, secret, SECRET)) fail("a planted secret survives in a stream", in, lines);
    free(lines.s);
    free(in.s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 3 || size > TEXT_MAX) return 0;
    unsigned how = data[0], frame = data[1] % NFRAMES;
    unsigned profile = how % PROFILES, mask = how / PROFILES % MASKS;
    text in = copy((const char *)data + 3, size - 3);
    check_text(profile, mask, in);
    if (how & 0x80) check_streams(redactor(profile, mask, 0), in, 1 + data[2] % 97u);
    if (how & 0x40) check_planted(profile, mask, frame, in);
    free(in.s);
    return 0;
}

/* --- inputs -------------------------------------------------------------------------------- */

static const char *const pieces[] = {
    "password", "passwd", "token", "secret", "key", "api_key", "auth", "Authorization", "cookie",
    "Set-Cookie: ", "session", "sid", "pin", "otp", "cvv", "user_data", "credentials", "bearer ",
    "Basic ", "Bearer ", "Digest ", "pw", "=", ": ", "=>", ":", ":=", "\"", "'", "`", "\\", "\\\"",
    "\\\\\\\"", "\\n", "\n", "\r\n", "\t", " ", ",", ";", "&", "?", "@", "://", "/", "//", "--",
    "-p", "-u ", "-H ", "{", "}", "[", "]", "(", ")", "<", ">", "</", "/>", "<![CDATA[", "]]>", "%3D",
    "%22", "%25", "%253D", "\\u0022", "\\x22", "&quot;", "&#34;", "&#x22;", "&amp;", "\xef\xbc\x9d",
    "\xef\xbd\x90", "\xe2\x80\x8b", "\xd0\xbf\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c", "\xff",
    "mysql ", "curl ", "sshpass ", "IDENTIFIED BY ", "VALUES (", "INSERT INTO t (", "SET PASSWORD",
    "name", "value", "null", "None", "***", "***~0123456789abcdef", "***abcd", "true", "${X}", "%s",
    "ann", "Lq3x9Z7", "hunter22", "4111 1111 1111 1111", "4111111111111111", "078-05-1120",
    "650-555-0140", "+1 (650) 555 0140", "DE89 3704 0044 0532 0130 00", "ann@example.org", "10.20.30.40",
    "2001:db8::17", "123456789012", "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----",
    "eyJwYXNzd29yZCI6ICJMcTN4OVo3In0=", "70617373776f72643d6162633132337a", "user,password\nann,x1",
    "{\"line\": \"", "\"}", "is ", "was ", "for ", "changed ", "phone ", "aaaaaaaaaaaaaaaa",
};

static uint64_t next(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state >> 11;
}

/* A piece, or the sample of a rule or a part of it. */
static size_t random_piece(uint64_t *state, const char **s) {
    const berth_redactor *r = redactor(0, 0, false);
    *s = pieces[next(state) % (sizeof pieces / sizeof *pieces)];
    if (next(state) % 4 == 0) {
        const char *sample = berth_redactor_rule(r, next(state) % berth_redactor_rules(r)).sample;
        if (sample) *s = sample;
    }
    size_t len = strlen(*s);
    if (next(state) % 8 == 0) {
        size_t from = next(state) % len;
        *s += from;
        len = 1 + next(state) % (len - from);
    }
    return len;
}

/* Puts a piece somewhere, over what was there or between, once or a few times. */
static size_t mutate(uint8_t *data, size_t size, size_t max, uint64_t *state) {
    const char *s;
    size_t len = random_piece(state, &s), at = next(state) % (size + 1);
    size_t times = next(state) % 16 == 0 ? 1 + next(state) % 40 : 1;
    if (next(state) % 8 == 0 && at < size) { /* cut something out */
        size_t n = 1 + next(state) % (size - at);
        memmove(data + at, data + at + n, size - at - n);
        return size - n;
    }
    for (; times > 0 && size + len <= max; times--, size += len) {
        memmove(data + at + len, data + at, size - at);
        memcpy(data + at, s, len);
    }
    return size;
}

#ifdef ALONE

#define POOL 64

int main(int argc, char **argv) {
    static uint8_t pool[POOL][1024];
    static size_t size[POOL];
    unsigned long runs = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
    uint64_t state = (argc > 2 ? strtoull(argv[2], NULL, 10) : 1) * 0x9e3779b97f4a7c15u | 1;
    for (unsigned long i = 0; i < runs; i++) {
        size_t from = next(&state) % POOL, to = next(&state) % POOL;
        memcpy(pool[to], pool[from], sizeof pool[to]);
        size[to] = next(&state) % 32 == 0 ? 0 : size[from];
        for (unsigned n = 1 + (unsigned)(next(&state) % 6); n > 0; n--)
            size[to] = mutate(pool[to], size[to], sizeof pool[to], &state);
        for (size_t k = 0; k < 3 && k < size[to]; k++) pool[to][k] = (uint8_t)next(&state);
        LLVMFuzzerTestOneInput(pool[to], size[to]);
    }
    printf("%lu inputs\n", runs);
    return 0;
}

#else

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed) {
    uint64_t state = (seed + UINT64_C(1)) * 0x9e3779b97f4a7c15u | 1;
    if (next(&state) % 4 == 0) return LLVMFuzzerMutate(data, size, max);
    for (unsigned n = 1 + (unsigned)(next(&state) % 3); n > 0; n--)
        size = mutate(data, size, max, &state);
    if (size > 0 && next(&state) % 4 == 0) data[0] = (uint8_t)next(&state);
    if (size > 1 && next(&state) % 4 == 0) data[1] = (uint8_t)next(&state);
    return size;
}

#endif
