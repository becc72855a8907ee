/* redact_peer.c - what most redactors do: a list of patterns, tried one by one on each line, with
 * PCRE2's compiler.  Forty patterns: names with values in every syntax, personal data, tokens. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "redact.h"

#define NAME                                                                                       \
    "[\\w.-]*(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|access[_-]?key|"              \
    "private[_-]?key|credential)[\\w.-]*"

static const char *const patterns[] = {
    "(?i)(\"" NAME "\"\\s*:\\s*\")(?:[^\"\\\\]|\\\\.)*",
    "(?i)('" NAME "'\\s*:\\s*u?')(?:[^'\\\\]|\\\\.)*",
    "(?i)(<(" NAME ")[^>]*>)[^<]*(?=</)",
    "(?i)(\\b" NAME "\\s*=\\s*[\"'])[^\"']*",
    "(?i)(\\b" NAME "\\s*=\\s*)[^\\s\"'&,;]+",
    "(?i)(\\b" NAME ":\\s+)\\S+",
    "(?i)(--" NAME "[ =])\\S+",
    "(?i)([?&]" NAME "=)[^&\\s]+",
    "(?i)(authorization:\\s*(?:basic|bearer|token)\\s+)\\S+",
    "(?i)(\\b(?:x-[a-z]+-token|set-cookie|cookie):\\s*)[^\\r\\n]+",
    "([a-z][a-z0-9+.-]*://[^\\s:/@]*:)[^\\s@/]+(?=@)",
    "(?i)(identified\\s+by\\s+')[^']*",
    "-----BEGIN [A-Z ]*PRIVATE KEY-----[\\s\\S]*?-----END [A-Z ]*PRIVATE KEY-----",
    "[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}",
    "\\b(?:\\d[ -]?){13,16}\\b",
    "\\b\\d{3}-\\d{2}-\\d{4}\\b",
    "\\b[A-Z]{2}\\d{2}(?: ?[A-Z0-9]{4}){3,7}\\b",
    "(?:\\+\\d{1,3}[ .-]?)?\\(?\\d{3}\\)?[ .-]\\d{3}[ .-]\\d{4}\\b",
    "\\bAKIA[A-Z0-9]{16}\\b",
    "\\bASIA[A-Z0-9]{16}\\b",
    "\\bgh[opsur]_[A-Za-z0-9]{36}\\b",
    "\\bgithub_pat_[A-Za-z0-9_]{60,}",
    "\\bglpat-[A-Za-z0-9_-]{20,}",
    "\\bxox[a-z]-[A-Za-z0-9-]{10,}",
    "\\b[sr]k_live_[A-Za-z0-9]{16,}",
    "\\bAIza[A-Za-z0-9_-]{35}",
    "\\bya29\\.[A-Za-z0-9_-]{20,}",
    "\\bnpm_[A-Za-z0-9]{36}",
    "\\bpypi-[A-Za-z0-9_-]{50,}",
    "\\bhv[sbr]\\.[A-Za-z0-9_-]{20,}",
    "\\beyJ[A-Za-z0-9_-]{5,}\\.[A-Za-z0-9_-]{4,}\\.[A-Za-z0-9_-]*",
    "\\bgAAAAA[A-Za-z0-9_-]{40,}=*",
    "\\bSK[0-9a-f]{32}\\b",
    "\\bSG\\.[A-Za-z0-9_-]{16,32}\\.[A-Za-z0-9_-]{16,64}",
    "\\bkey-[0-9a-f]{32}\\b",
    "\\bsk-[A-Za-z0-9_-]{32,}",
    "\\bhf_[A-Za-z0-9]{30,}",
    "\\bdop_v1_[a-f0-9]{64}",
    "\\bshpat_[a-fA-F0-9]{32}",
    "\\$2[aby]\\$\\d\\d\\$[A-Za-z0-9./]{53}",
};

#define NPATTERNS (sizeof patterns / sizeof *patterns)

struct bench_peer {
    pcre2_code *code[NPATTERNS];
    pcre2_match_data *data;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
};

size_t bench_peer_patterns(void) {
    return NPATTERNS;
}

bench_peer *bench_peer_open(void) {
    bench_peer *peer = calloc(1, sizeof *peer);
    if (!peer) abort();
    for (size_t i = 0; i < NPATTERNS; i++) {
        int error;
        PCRE2_SIZE where;
        peer->code[i] =
            pcre2_compile((PCRE2_SPTR)patterns[i], PCRE2_ZERO_TERMINATED, 0, &error, &where, NULL);
        if (!peer->code[i] || pcre2_jit_compile(peer->code[i], PCRE2_JIT_COMPLETE) != 0) abort();
    }
    peer->data = pcre2_match_data_create(8, NULL);
    peer->context = pcre2_match_context_create(NULL);
    peer->stack = pcre2_jit_stack_create(32 << 10, 1 << 20, NULL);
    if (!peer->data || !peer->context || !peer->stack) abort();
    pcre2_jit_stack_assign(peer->context, NULL, peer->stack);
    return peer;
}

static size_t run_line(bench_peer *peer, const char *s, size_t len) {
    size_t matches = 0;
    for (size_t i = 0; i < NPATTERNS; i++) {
        size_t at = 0;
        while (at <= len && pcre2_jit_match(peer->code[i], (PCRE2_SPTR)s, len, at, 0, peer->data,
                                            peer->context) >= 0) {
            size_t end = pcre2_get_ovector_pointer(peer->data)[1];
            at = end > at ? end : at + 1;
            matches++;
        }
    }
    return matches;
}

size_t bench_peer_run(bench_peer *peer, const char *s, size_t len) {
    const char *end = s + len;
    size_t matches = 0;
    while (s < end) {
        const char *stop = memchr(s, '\n', (size_t)(end - s));
        if (!stop) stop = end;
        matches += run_line(peer, s, (size_t)(stop - s));
        s = stop + 1;
    }
    return matches;
}

void bench_peer_close(bench_peer *peer) {
    for (size_t i = 0; i < NPATTERNS; i++) pcre2_code_free(peer->code[i]);
    pcre2_match_data_free(peer->data);
    pcre2_match_context_free(peer->context);
    pcre2_jit_stack_free(peer->stack);
    free(peer);
}
