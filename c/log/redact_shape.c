/* redact_shape.c - tokens by shape and operators' patterns, matched by PCRE2.
 *
 * A shape is tried only where its literal stands, anchored, on a few kilobytes; a pattern of an
 * operator on the whole record.  Both under limits: what reaches one is masked, never passed. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

#include "core/err.h"
#include "log/redact_private.h"
#include "log/redact_shapes.h"

#define MATCH_LIMIT 100000
#define DEPTH_LIMIT 10000
#define HEAP_LIMIT 1024 /* KiB */
#define JIT_STACK_MIN ((size_t)32 << 10)
#define JIT_STACK_MAX ((size_t)256 << 10)
#define SLICE 4096
/* A literal was found where the token begins: nothing is to be looked for ahead, such as a byte
 * that the pattern needs somewhere. */
#define SHAPE_OPTIONS (PCRE2_ANCHORED | PCRE2_NO_START_OPTIMIZE)
#define MATCH_WORK 150 /* when it fails after a good part of the slice */
#define SHORTEST 10
#define WRAPPED_LEAST 8
#define WRAPPED_MAX 512
#define MATCHES_MAX 100000 /* of one pattern in one record */
#define NEARBY_LEN 40

typedef struct shape {
    const char *name, *literal;
    int back;
    const char *pattern, *kept, *sample, *expect;
} shape;

static const shape shapes[] = {
#define X(name, literal, back, pattern, kept, token)                                               \
    {name, literal, back, pattern, kept, "use " kept token " now", "use " kept "*** now"},
    BERTH_SHAPES(X)
#undef X
};

#define NSHAPES (sizeof shapes / sizeof *shapes)
#define KEY_IDS 3 /* the first shapes are ids of access keys, whose secrets stand nearby */

/* An operator's pattern, or a value that is allowed. */
typedef struct pattern {
    pcre2_code *code; /* NULL: `text` is compared */
    char *text;       /* owned */
    size_t len;
    unsigned rule;
    bool allow;
    const char *keyword; /* points into `words` */
    char *words;         /* owned: keyword, lower case */
    size_t words_len;
} pattern;

struct redact_shapes {
    pcre2_general_context *general;
    pcre2_compile_context *compile;
    pcre2_match_context *match;
    pcre2_jit_stack *stack;
    pcre2_match_data *data;
    pcre2_code *code[NSHAPES];
    pattern *patterns; /* owned */
    size_t npatterns;
};

/* --- memory ------------------------------------------------------------------------------ */

/* PCRE2 does not tell sizes when it frees: they stand before each block. */
typedef union block_head {
    size_t size;
    max_align_t align;
} block_head;

static void *allocate(size_t size, void *ud) {
    const berth_mem *mem = ud;
    block_head *head =
        size > SIZE_MAX - sizeof *head ? NULL : berth_alloc(mem, sizeof *head + size);
    if (!head) return NULL;
    head->size = size;
    return head + 1;
}

static void release(void *block, void *ud) {
    const berth_mem *mem = ud;
    if (!block) return;
    block_head *head = (block_head *)block - 1;
    berth_free(mem, head, sizeof *head + head->size);
}

/* --- building ---------------------------------------------------------------------------- */

static pcre2_code *compile(redact_shapes *s, const char *text, size_t len, uint32_t options,
                           int *error, size_t *where) {
    PCRE2_SIZE offset = 0;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)text, len, options | PCRE2_DOLLAR_ENDONLY, error,
                                     &offset, s->compile);
    *where = offset;
    /* Without JIT on this machine the interpreter does the same, slower. */
    if (code) pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
    return code;
}

static berth_rc make_contexts(berth_redactor *r) {
    redact_shapes *s = r->shapes;
    s->general = pcre2_general_context_create(allocate, release, &r->mem);
    if (!s->general) return BERTH_ENOMEM;
    s->compile = pcre2_compile_context_create(s->general);
    s->match = pcre2_match_context_create(s->general);
    s->data = pcre2_match_data_create(2, s->general);
    if (!s->compile || !s->match || !s->data) return BERTH_ENOMEM;
    pcre2_set_match_limit(s->match, MATCH_LIMIT);
    pcre2_set_depth_limit(s->match, DEPTH_LIMIT);
    pcre2_set_heap_limit(s->match, HEAP_LIMIT);
    s->stack = pcre2_jit_stack_create(JIT_STACK_MIN, JIT_STACK_MAX, s->general);
    if (s->stack) pcre2_jit_stack_assign(s->match, NULL, s->stack);
    return BERTH_OK;
}

static berth_rc refuse(berth_err *err, const berth_redact_rule *rule, int error, size_t where) {
    PCRE2_UCHAR text[128];
    if (pcre2_get_error_message(error, text, sizeof text) < 0) text[0] = '\0';
    if (error == PCRE2_ERROR_HEAP_FAILED) return berth_fail_memory(err);
    berth_fail(err, BERTH_EINVALID, "the pattern of redaction rule '%s' is wrong: %s", rule->name,
               (const char *)text);
    berth_err_text(err, "rule", rule->name);
    berth_err_number(err, "at", (int64_t)where);
    return BERTH_EINVALID;
}

static berth_rc add_pattern(berth_redactor *r, const berth_redact_rule *rule, unsigned number,
                            berth_err *err) {
    redact_shapes *s = r->shapes;
    pattern *p = &s->patterns[s->npatterns++];
    size_t len = strlen(rule->text), where;
    int error = 0;
    p->rule = number;
    p->allow = rule->kind != BERTH_RULE_PATTERN;
    if (rule->kind == BERTH_RULE_ALLOW) {
        p->text = berth_alloc(&r->mem, len + 1);
        if (!p->text) return berth_fail_memory(err);
        memcpy(p->text, rule->text, len + 1);
        p->len = len;
        return BERTH_OK;
    }
    uint32_t options = p->allow ? PCRE2_ANCHORED | PCRE2_ENDANCHORED : PCRE2_MULTILINE;
    p->code = compile(s, rule->text, len, options, &error, &where);
    if (!p->code) return refuse(err, rule, error, where);
    if (!rule->keyword || p->allow) return BERTH_OK;
    p->words_len = strlen(rule->keyword) + 1;
    p->words = berth_alloc(&r->mem, p->words_len);
    if (!p->words) return berth_fail_memory(err);
    for (size_t i = 0; i < p->words_len; i++) p->words[i] = byte_lower(rule->keyword[i]);
    p->keyword = p->words;
    return BERTH_OK;
}

berth_rc redact_shapes_new(berth_redactor *r, const berth_redact_rule *rules, size_t count,
                           berth_err *err) {
    r->shapes = berth_calloc(&r->mem, 1, sizeof *r->shapes);
    if (!r->shapes || make_contexts(r) != BERTH_OK) return berth_fail_memory(err);
    redact_shapes *s = r->shapes;
    bool wanted = r->profile != BERTH_REDACT_STRUCTURED;
    for (size_t i = 0; wanted && i < NSHAPES; i++) {
        int error = 0;
        size_t where;
        s->code[i] = compile(s, shapes[i].pattern, strlen(shapes[i].pattern), SHAPE_OPTIONS, &error,
                             &where);
        if (!s->code[i]) return berth_fail_memory(err);
    }
    s->patterns = berth_calloc(&r->mem, count ? count : 1, sizeof *s->patterns);
    if (!s->patterns) return berth_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        if (rules[i].kind == BERTH_RULE_FIELD) continue;
        berth_rc rc = add_pattern(r, &rules[i], (unsigned)(RULE_SHAPES + NSHAPES + i), err);
        if (rc != BERTH_OK) return rc;
    }
    return BERTH_OK;
}

void redact_shapes_free(berth_redactor *r, size_t count) {
    redact_shapes *s = r->shapes;
    if (!s) return;
    for (size_t i = 0; i < NSHAPES; i++) pcre2_code_free(s->code[i]);
    for (size_t i = 0; i < s->npatterns; i++) {
        pcre2_code_free(s->patterns[i].code);
        if (s->patterns[i].text) berth_free(&r->mem, s->patterns[i].text, s->patterns[i].len + 1);
        if (s->patterns[i].words)
            berth_free(&r->mem, s->patterns[i].words, s->patterns[i].words_len);
    }
    if (s->patterns) berth_free(&r->mem, s->patterns, (count ? count : 1) * sizeof *s->patterns);
    pcre2_match_data_free(s->data);
    pcre2_jit_stack_free(s->stack);
    pcre2_match_context_free(s->match);
    pcre2_compile_context_free(s->compile);
    pcre2_general_context_free(s->general);
    berth_free(&r->mem, s, sizeof *s);
}

size_t redact_shape_count(void) {
    return NSHAPES;
}

berth_redact_info redact_shape_info(size_t i) {
    return (berth_redact_info){
        .name = shapes[i].name, .sample = shapes[i].sample, .expect = shapes[i].expect};
}

const char *redact_shape_literal(size_t i) {
    return shapes[i].literal;
}

const char *redact_pattern_keyword(const berth_redactor *r, size_t i, bool *always) {
    const redact_shapes *s = r->shapes;
    if (i >= s->npatterns) return NULL;
    const pattern *p = &s->patterns[i];
    *always = p->code && !p->allow && !p->keyword;
    return p->keyword ? p->keyword : "";
}

/* --- matching ---------------------------------------------------------------------------- */

/* Does a token go on with c? */
static bool is_token_byte(char c) {
    return byte_is(c, BYTE_WORD) || c == '_' || c == '-';
}

/* The end of the field around a match that reached a limit. */
static size_t field_end(const redact_scan *scan, size_t at) {
    while (at < scan->len && !byte_is(scan->s[at], BYTE_SPACE)) at++;
    return at;
}

/* Where the token that the literal at `at` belongs to begins. */
static size_t token_start(const redact_scan *scan, size_t at, int back) {
    size_t most = (size_t)(back < 0 ? -back : back), start = at;
    unsigned classes = back < 0 ? BYTE_DIGIT : BYTE_NAME;
    while (start > 0 && at - start < most &&
           (byte_is(scan->s[start - 1], classes) || (back > 0 && scan->s[start - 1] == '~')))
        start--;
    return start;
}

/* In the middle of a longer word there is no token. */
static bool is_inside_word(const redact_scan *scan, size_t at) {
    if (at == 0 || !byte_is(scan->s[at], BYTE_WORD) || !byte_is(scan->s[at - 1], BYTE_WORD))
        return false;
    return !(at > 1 && scan->s[at - 2] == '\\' && strchr("nrt", scan->s[at - 1]));
}

/* No token is so short: then PCRE2 need not be asked. */
static bool is_short(const redact_scan *scan, size_t at) {
    size_t i = at, stop = at + SHORTEST;
    while (i < stop && i < scan->len && (unsigned char)scan->s[i] > 0x20 &&
           !byte_is(scan->s[i], BYTE_QUOTE))
        i++;
    return i < stop;
}

/* Past the run of a token's bytes.  Many may seem to begin in one, whose end is looked for once. */
static size_t run_end(redact_scan *scan, size_t at) {
    if (at >= scan->token_start && at < scan->token_end) return scan->token_end;
    size_t end = at;
    while (end < scan->len && is_token_byte(scan->s[end])) {
        if (++end == scan->token_start && end < scan->token_end) end = scan->token_end;
    }
    scan->token_start = at;
    return scan->token_end = end;
}

/* The end of a token that a terminal broke: its bytes go on in the next line; 0: there is none. */
static size_t wrapped_end(redact_scan *scan, size_t start, unsigned index) {
    redact_shapes *s = scan->r->shapes;
    char token[WRAPPED_MAX];
    size_t first = run_end(scan, start), n = first - start;
    size_t next = first + (redact_peek(scan, first) == '\r');
    if (n < WRAPPED_LEAST || n >= sizeof token || redact_peek(scan, next++) != '\n') return 0;
    size_t end = next;
    memcpy(token, scan->s + start, n);
    for (; end < scan->len && n < sizeof token && is_token_byte(scan->s[end]); end++)
        token[n++] = scan->s[end];
    int rc = pcre2_match(s->code[index], (PCRE2_SPTR)token, n, 0, PCRE2_NO_UTF_CHECK, s->data,
                         s->match);
    if (rc < 0) return 0;
    const PCRE2_SIZE *place = pcre2_get_ovector_pointer(s->data);
    return place[1] == n && end > next ? end : 0;
}

/* A token of JSON has a dot in its first few kilobytes. */
static bool is_dotless(redact_scan *scan, size_t at) {
    size_t end = run_end(scan, at);
    bool broken = byte_in(redact_peek(scan, end), "\r\n") && end - at < WRAPPED_MAX;
    return end - at >= SLICE || (redact_peek(scan, end) != '.' && !broken);
}

size_t redact_shape(redact_scan *scan, size_t at, unsigned index) {
    redact_shapes *s = scan->r->shapes;
    int back = shapes[index].back;
    size_t start = back ? token_start(scan, at, back) : at;
    if (back == 0 && is_inside_word(scan, at)) return 0;
    if (!*shapes[index].kept && is_short(scan, start)) return 0;
    if (strcmp(shapes[index].literal, "eyJ") == 0 && is_dotless(scan, at)) return 0;
    size_t len = scan->len - start < SLICE ? scan->len - start : SLICE;
    int rc = pcre2_match(s->code[index], (PCRE2_SPTR)scan->s + start, len, 0, PCRE2_NO_UTF_CHECK,
                         s->data, s->match);
    if (rc == PCRE2_ERROR_NOMATCH) {
        redact_work(scan, MATCH_WORK);
        size_t end = *shapes[index].kept ? 0 : wrapped_end(scan, start, index);
        return end && redact_mark(scan, start, end, RULE_SHAPES + index) ? end : 0;
    }
    if (rc < 0) {
        size_t end = field_end(scan, at);
        return redact_mark(scan, start, end, RULE_LIMIT) ? end : 0;
    }
    const PCRE2_SIZE *place = pcre2_get_ovector_pointer(s->data);
    redact_work(scan, 40 + place[1]);
    size_t from = start + place[rc > 1 ? 2 : 0], to = start + place[rc > 1 ? 3 : 1];
    if (to == start + len) {
        while (to < scan->len && is_token_byte(scan->s[to])) to++;
    }
    if (index < KEY_IDS) scan->key_id = true;
    return redact_mark(scan, from, to, RULE_SHAPES + index) ? to : 0;
}

static bool is_key_byte(char c) {
    return byte_is(c, BYTE_WORD) || c == '/' || c == '+';
}

void redact_nearby(redact_scan *scan) {
    const char *s = scan->s;
    redact_work(scan, scan->len / 2);
    for (size_t i = NEARBY_LEN - 1; i < scan->len; i += NEARBY_LEN) { /* one byte of each tells */
        if (!is_key_byte(s[i])) continue;
        size_t from = i;
        while (from > 0 && is_key_byte(s[from - 1])) from--;
        while (i < scan->len && is_key_byte(s[i])) i++;
        bool alone = i - from == NEARBY_LEN && (i >= scan->len || (s[i] != '=' && s[i] != '_'));
        if (!alone || !redact_looks_random(s + from, NEARBY_LEN)) continue;
        bool upper = false, lower = false;
        for (size_t k = from; k < i; k++) {
            upper = upper || byte_is(s[k], BYTE_UPPER);
            lower = lower || byte_is(s[k], BYTE_LOWER);
        }
        if (upper && lower) redact_mark_secret(scan, from, i, RULE_NEARBY);
    }
}

static bool holds_keyword(const redact_scan *scan, const char *keyword) {
    size_t n = strlen(keyword);
    for (size_t i = 0; i + n <= scan->len; i++) {
        if (byte_lower(scan->s[i]) == keyword[0] && bytes_fold_equal(scan->s + i, keyword, n))
            return true;
    }
    return false;
}

static void match_all(redact_scan *scan, const pattern *p) {
    redact_shapes *s = scan->r->shapes;
    size_t at = 0;
    for (unsigned n = 0; at <= scan->len; n++) {
        int rc = pcre2_match(p->code, (PCRE2_SPTR)scan->s, scan->len, at, PCRE2_NO_UTF_CHECK,
                             s->data, s->match);
        if (rc == PCRE2_ERROR_NOMATCH) return;
        if (rc < 0 || n > MATCHES_MAX) {
            redact_mark(scan, 0, scan->len, RULE_LIMIT);
            return;
        }
        const PCRE2_SIZE *place = pcre2_get_ovector_pointer(s->data);
        size_t from = place[rc > 1 ? 2 : 0], to = place[rc > 1 ? 3 : 1];
        if (from < to) redact_mark(scan, from, to, p->rule);
        at = place[1] > at ? place[1] : at + 1;
    }
}

void redact_patterns(redact_scan *scan) {
    const redact_shapes *s = scan->r->shapes;
    for (size_t i = 0; i < s->npatterns; i++) {
        const pattern *p = &s->patterns[i];
        if (p->allow || (p->keyword && !holds_keyword(scan, p->keyword))) continue;
        match_all(scan, p);
    }
}

bool redact_is_allowed(const berth_redactor *r, const char *text, size_t len) {
    const redact_shapes *s = r->shapes;
    for (size_t i = 0; i < s->npatterns; i++) {
        const pattern *p = &s->patterns[i];
        if (!p->allow) continue;
        if (!p->code) {
            if (p->len == len && memcmp(p->text, text, len) == 0) return true;
        } else if (pcre2_match(p->code, (PCRE2_SPTR)text, len, 0, PCRE2_NO_UTF_CHECK, s->data,
                               s->match) >= 0) {
            return true;
        }
    }
    return false;
}
