/* redact.c - the redactor: opening, the rounds of one record, writing the result.
 *
 * A round scans the record and its decoded layers, then looks for what it found elsewhere, and
 * writes the result.  Rounds go on until one finds nothing: so the result is a text on which
 * another call would find nothing, whatever the rules are. */
#include <string.h>

#include "core/err.h"
#include "log/redact_private.h"

#define ROUNDS_MAX 8
#define LITERALS_MAX 1024

/* --- opening ----------------------------------------------------------------------------- */

/* What names of secrets hold; \1 is any byte but a letter. */
static const char *const name_literals[] = {
    "pass",     "pwd",      "pswd",     "secret",   "token",    "key\1",    "keys\1",   "auth",
    "cred",     "cookie",   "session",  "sessid",   "sid\1",    "sig\1",    "signatur", "hmac",
    "otp\1",    "pin\1",    "cvv",      "cvc",      "csc\1",    "mfa",      "2fa\1",    "ssn\1",
    "user_dat", "user-dat", "userdata", "user dat", "configdr", "jwt\1",    "bearer\1", "psk\1",
    "kek\1",    "mnemonic", "communit", "cephclus", "swifthas", "psw\1",    "pw\1",     "csrf",
    "xsrf",     "samlres",  "samlreq",  "assertio", "verifier", "securityc", "recovery", "phone",
    "mobile",   "msisdn",   "tel\1",    "fax\1",    "sms\1",    "senha",    "clave\1",  "kennwort",
    "wachtwoo", "losenord", "parola",   "seed\1",   "keypass",  "simplecr", "verifica", "pincode",
    "security", "reset_co", "backup_c", "onetime",
};
static const char *const foreign_literals[] = {
    "\xd0\xbf\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c",             /* Russian, lower case */
    "\xd0\x9f\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c",             /* the same, capital */
    "\xe5\xaf\x86\xe7\xa0\x81",                                     /* Chinese, simplified */
    "\xe5\xaf\x86\xe7\xa2\xbc",                                     /* Chinese, traditional */
    "\xe3\x83\x91\xe3\x82\xb9\xe3\x83\xaf\xe3\x83\xbc\xe3\x83\x89", /* Japanese */
    "\xeb\xb9\x84\xeb\xb0\x80\xeb\xb2\x88\xed\x98\xb8",             /* Korean */
    "contrase\xc3\xb1" "a", "Contrase\xc3\xb1" "a",                 /* Spanish */
    "has\xc5\x82o", "Has\xc5\x82o",                                 /* Polish */
    "l\xc3\xb6senord", "L\xc3\xb6senord",                           /* Swedish */
    "\xc5\x9fifre", "\xc5\x9eifre",                                 /* Turkish */
};
static const char *const encoded_literals[] = {
    "eyJ",      "ewog",     "ewoJ",     "ewog",     "W3si",     "cGFzc3dv", "Bhc3N3b3", "wYXNzd29",
    "c2VjcmV0", "NlY3JldA", "zZWNyZX",  "dG9rZW",   "LS0tLS1C", "UEFTU1dP", "QVNTV09S", "UGFzc3dv",
    "ZXlK",     "ZXdv",
};
static const char *const hex_literals[] = {"70617373", "73656372", "746f6b65", "2d2d2d2d",
                                           "50415353", "50617373"};

typedef struct literals {
    berth_literal item[LITERALS_MAX];
    size_t count;
} literals;

static void add(literals *list, const char *text, berth_anchor_kind kind, bool fold, size_t arg) {
    if (list->count < LITERALS_MAX)
        list->item[list->count++] = (berth_literal){
            .text = text, .kind = (unsigned char)kind, .fold = fold, .arg = (uint16_t)arg};
}

static void add_all(literals *list, const char *const *texts, size_t count, berth_anchor_kind kind,
                    bool fold, size_t arg) {
    for (size_t i = 0; i < count; i++) add(list, texts[i], kind, fold, arg);
}

#define ADD_ALL(list, texts, kind, fold, arg)                                                      \
    add_all(list, texts, sizeof texts / sizeof *texts, kind, fold, arg)

static void collect_literals(literals *list, berth_redactor *r) {
    ADD_ALL(list, name_literals, BERTH_ANCHOR_NAME, true, 0);
    ADD_ALL(list, foreign_literals, BERTH_ANCHOR_NAME, false, 1);
    add(list, "identifi", BERTH_ANCHOR_SQL, true, 0);
    add(list, "bearer", BERTH_ANCHOR_SCHEME, true, 0);
    for (size_t i = 0; i < redact_command_count(); i++) {
        const char *name = redact_command_name(i);
        if (name) add(list, name, BERTH_ANCHOR_COMMAND, true, i);
    }
    for (size_t i = 0; i < r->nfields; i++)
        add(list, r->fields[i].name, BERTH_ANCHOR_FIELD, true, i);
    bool always;
    for (size_t i = 0;; i++) {
        const char *keyword = redact_pattern_keyword(r, i, &always);
        if (!keyword) break;
        if (*keyword) add(list, keyword, BERTH_ANCHOR_PATTERN, true, i);
        r->patterns_always = r->patterns_always || always;
    }
    if (r->profile == BERTH_REDACT_STRUCTURED) return;
    add(list, "basic ", BERTH_ANCHOR_SCHEME, true, 0);
    add(list, "-----beg", BERTH_ANCHOR_PEM, true, 0);
    add(list, "---- beg", BERTH_ANCHOR_PEM, true, 0);
    add(list, "private-", BERTH_ANCHOR_PEM, true, 0);
    for (size_t i = 0; i < redact_shape_count(); i++)
        add(list, redact_shape_literal(i), BERTH_ANCHOR_SHAPE, false, i);
    ADD_ALL(list, encoded_literals, BERTH_ANCHOR_ENCODED, false, 0);
    ADD_ALL(list, hex_literals, BERTH_ANCHOR_ENCODED, true, 1);
}

static berth_rc make_anchors(berth_redactor *r, berth_err *err) {
    literals *list = berth_calloc(&r->mem, 1, sizeof *list);
    if (!list) return berth_fail_memory(err);
    collect_literals(list, r);
    unsigned lanes = 1u << BERTH_ANCHOR_AT | 1u << BERTH_ANCHOR_URL | 1u << BERTH_ANCHOR_PERCENT |
                     1u << BERTH_ANCHOR_ESCAPE;
    if (r->profile != BERTH_REDACT_STRUCTURED) lanes = ~0u;
    berth_rc rc = berth_anchors_new(r->mem, list->item, list->count, lanes, &r->anchors);
    berth_free(&r->mem, list, sizeof *list);
    return rc == BERTH_OK ? rc : berth_fail_memory(err);
}

static berth_rc check_rules(const berth_redact_options *options, berth_err *err) {
    if (options->nrules > BERTH_REDACT_RULES_MAX)
        return berth_fail(err, BERTH_ELIMIT, "a redactor takes at most %d rules of its own",
                          BERTH_REDACT_RULES_MAX);
    for (size_t i = 0; i < options->nrules; i++) {
        const berth_redact_rule *rule = &options->rules[i];
        bool name_is_short = rule->kind == BERTH_RULE_FIELD &&
                             (strlen(rule->text) < 2 || strlen(rule->text) > BERTH_KEY_NAME_MAX);
        if (rule->text[0] == '\0' || name_is_short || (rule->keyword && strlen(rule->keyword) < 3)) {
            berth_fail(err, BERTH_EINVALID, "redaction rule '%s' is empty or too short", rule->name);
            berth_err_text(err, "rule", rule->name);
            return BERTH_EINVALID;
        }
    }
    return BERTH_OK;
}

static char *copy_text(berth_redactor *r, const char *text, bool lower) {
    size_t len = strlen(text) + 1;
    char *copy = berth_alloc(&r->mem, len);
    for (size_t i = 0; copy && i < len; i++) copy[i] = lower ? byte_lower(text[i]) : text[i];
    return copy;
}

/* Names of all of the operators' rules, and which of them are fields. */
static berth_rc copy_rules(berth_redactor *r, const berth_redact_options *options, berth_err *err) {
    size_t n = options->nrules ? options->nrules : 1;
    r->given = options->nrules;
    r->names = berth_calloc(&r->mem, n, sizeof *r->names);
    r->fields = berth_calloc(&r->mem, n, sizeof *r->fields);
    r->nrules = RULE_SHAPES + redact_shape_count() + options->nrules;
    r->hits = berth_calloc(&r->mem, r->nrules, sizeof *r->hits);
    if (!r->names || !r->fields || !r->hits) return berth_fail_memory(err);
    for (size_t i = 0; i < options->nrules; i++) {
        const berth_redact_rule *rule = &options->rules[i];
        r->names[i] = copy_text(r, rule->name, false);
        if (!r->names[i]) return berth_fail_memory(err);
        if (rule->kind != BERTH_RULE_FIELD) continue;
        redact_field *field = &r->fields[r->nfields];
        field->name = copy_text(r, rule->text, true);
        if (!field->name) return berth_fail_memory(err);
        field->rule = (unsigned)(RULE_SHAPES + redact_shape_count() + i);
        r->nfields++;
    }
    return BERTH_OK;
}

berth_rc berth_redactor_open(berth_mem mem, const berth_redact_options *options,
                             berth_redactor **out, berth_err *err) {
    *out = NULL;
    berth_rc rc = check_rules(options, err);
    if (rc != BERTH_OK) return rc;
    berth_redactor *r = berth_calloc(&mem, 1, sizeof *r);
    if (!r) return berth_fail_memory(err);
    r->mem = mem;
    r->profile = options->profile;
    r->mask = options->mask;
    memcpy(r->key, options->key, sizeof r->key);
    r->hook = options->hook;
    r->hook_ud = options->hook_ud;
    r->hook_all = options->hook_all;
    rc = copy_rules(r, options, err);
    if (rc == BERTH_OK) rc = redact_shapes_new(r, options->rules, options->nrules, err);
    if (rc == BERTH_OK) rc = make_anchors(r, err);
    if (rc != BERTH_OK) {
        berth_redactor_close(r);
        return rc;
    }
    *out = r;
    return BERTH_OK;
}

static void free_text(berth_redactor *r, char *text) {
    if (text) berth_free(&r->mem, text, strlen(text) + 1);
}

static void free_buffer(berth_redactor *r, redact_buffer *buffer) {
    if (buffer->s) berth_free(&r->mem, buffer->s, buffer->cap);
}

void berth_redactor_close(berth_redactor *r) {
    if (!r) return;
    berth_mem mem = r->mem;
    size_t n = r->given ? r->given : 1;
    for (size_t i = 0; r->names && i < n; i++) free_text(r, r->names[i]);
    for (size_t i = 0; r->fields && i < n; i++) free_text(r, r->fields[i].name);
    if (r->names) berth_free(&mem, r->names, n * sizeof *r->names);
    if (r->fields) berth_free(&mem, r->fields, n * sizeof *r->fields);
    if (r->hits) berth_free(&mem, r->hits, r->nrules * sizeof *r->hits);
    redact_shapes_free(r, r->given);
    berth_anchors_free(r->anchors);
    if (r->spans) berth_free(&mem, r->spans, r->spans_cap * sizeof *r->spans);
    free_buffer(r, &r->out);
    free_buffer(r, &r->other);
    free_buffer(r, &r->secrets);
    for (size_t i = 0; i < REDACT_VIEWS; i++) {
        free_buffer(r, &r->view[i].text);
        if (r->view[i].map)
            berth_free(&mem, r->view[i].map, r->view[i].map_cap * sizeof *r->view[i].map);
    }
    berth_free(&mem, r, sizeof *r);
}

/* --- rules ------------------------------------------------------------------------------- */

static const berth_redact_info fixed_rules[] = {
    {NULL, NULL, NULL, 0}, /* BERTH_KEY_NONE */
#define X(kind, name, sample, expect) {name, sample, expect, 0},
    BERTH_KEY_KINDS(X)
    BERTH_OTHER_RULES(X)
#undef X
};

size_t berth_redactor_rules(const berth_redactor *r) {
    return r->nrules - 1;
}

berth_redact_info berth_redactor_rule(const berth_redactor *r, size_t i) {
    size_t rule = i + 1;
    berth_redact_info info = {0};
    if (rule < RULE_SHAPES) info = fixed_rules[rule];
    else if (rule - RULE_SHAPES < redact_shape_count()) info = redact_shape_info(rule - RULE_SHAPES);
    else info.name = r->names[rule - RULE_SHAPES - redact_shape_count()];
    info.hits = r->hits[rule];
    return info;
}

/* --- memory ------------------------------------------------------------------------------ */

bool redact_reserve(berth_redactor *r, redact_buffer *buffer, size_t more) {
    if (buffer->cap - buffer->len >= more) return true;
    size_t cap = buffer->len + more;
    cap += cap / 2 + 64;
    char *s = berth_realloc(&r->mem, buffer->s, buffer->cap, cap);
    if (!s) {
        r->failed = true;
        return false;
    }
    buffer->s = s;
    buffer->cap = cap;
    return true;
}

bool redact_append(berth_redactor *r, redact_buffer *buffer, const char *s, size_t len) {
    if (!redact_reserve(r, buffer, len)) return false;
    if (len) memcpy(buffer->s + buffer->len, s, len);
    buffer->len += len;
    return true;
}

/* --- marking ----------------------------------------------------------------------------- */

static bool mark(redact_scan *scan, size_t start, size_t end, unsigned rule, unsigned quoted) {
    berth_redactor *r = scan->r;
    if (start >= end || redact_is_masked(r, scan->s + start, end - start)) return false;
    if (redact_is_allowed(r, scan->s + start, end - start)) return false;
    scan->hit = true;
    if (scan->probe) return true;
    void *spans = r->spans;
    if (berth_grow(&r->mem, &spans, &r->spans_cap, r->nspans, sizeof *r->spans) != 0) {
        r->failed = true;
        return true;
    }
    r->spans = spans;
    if (scan->map) {
        start = scan->map[start];
        end = scan->map[end];
    }
    r->spans[r->nspans++] = (redact_span){.start = (uint32_t)start, .end = (uint32_t)end,
                                          .rule = (uint16_t)rule, .quoted = (uint8_t)quoted};
    return true;
}

bool redact_mark(redact_scan *scan, size_t start, size_t end, unsigned rule) {
    return mark(scan, start, end, rule, 0);
}

bool redact_mark_secret(redact_scan *scan, size_t start, size_t end, unsigned rule) {
    return redact_mark_number(scan, start, end, rule, UINT8_MAX);
}

bool redact_mark_number(redact_scan *scan, size_t start, size_t end, unsigned rule,
                        unsigned slashes) {
    unsigned quoted = slashes == UINT8_MAX ? 0 : slashes + 1;
    if (!mark(scan, start, end, rule, quoted)) return false;
    if (!scan->probe) redact_remember(scan->r, scan->s + start, end - start);
    return true;
}

/* --- scanning ---------------------------------------------------------------------------- */

static size_t visit(redact_scan *scan, const berth_anchor *anchor) {
    berth_redactor *r = scan->r;
    size_t at = anchor->at;
    switch ((berth_anchor_kind)anchor->kind) {
    case BERTH_ANCHOR_AT:
        return redact_at_sign(scan, at);
    case BERTH_ANCHOR_URL:
        return redact_url(scan, at);
    case BERTH_ANCHOR_PERCENT:
    case BERTH_ANCHOR_ESCAPE:
        scan->encoded = scan->encoded || redact_is_encoded(scan, at);
        return 0;
    case BERTH_ANCHOR_NAME:
        return redact_name(scan, at, anchor->arg == 1);
    case BERTH_ANCHOR_SHAPE:
        return redact_shape(scan, at, anchor->arg);
    case BERTH_ANCHOR_PEM:
        return redact_pem(scan, at);
    case BERTH_ANCHOR_SQL:
        return redact_sql(scan, at);
    case BERTH_ANCHOR_COMMAND:
        return redact_command(scan, at, anchor->arg);
    case BERTH_ANCHOR_SCHEME:
        return redact_scheme(scan, at);
    case BERTH_ANCHOR_ENCODED:
        return redact_encoded(scan, at, anchor->arg == 1);
    case BERTH_ANCHOR_FIELD:
        return redact_field_name(scan, at, r->fields[anchor->arg].name, r->fields[anchor->arg].rule);
    case BERTH_ANCHOR_PATTERN:
        scan->keyword = true;
        return 0;
    case BERTH_ANCHOR_SSN:
    case BERTH_ANCHOR_NANP:
    case BERTH_ANCHOR_GROUPS:
    case BERTH_ANCHOR_DIGITS:
    case BERTH_ANCHOR_DIAL:
    case BERTH_ANCHOR_IBAN:
        return redact_number(scan, at, anchor->kind);
    }
    return 0;
}

static bool is_settled(const redact_scan *scan) {
    return scan->probe && (scan->hit || scan->encoded || scan->keyword);
}

void redact_scan_text(redact_scan *scan) {
    berth_anchor anchor;
    berth_redactor *r = scan->r;
    while (berth_anchors_next(&scan->walk, &anchor)) {
        size_t end = visit(scan, &anchor);
        if (is_settled(scan)) return;
        if (end) berth_anchors_skip(&scan->walk, end);
    }
    if (r->profile == BERTH_REDACT_STRICT) redact_addresses(scan);
    if (scan->key_id) redact_nearby(scan);
    if (scan->keyword || r->patterns_always) redact_patterns(scan);
}

redact_scan redact_scan_begin(berth_redactor *r, const char *s, size_t len) {
    redact_scan scan = {.r = r, .s = s, .len = len};
    berth_anchors_begin(&scan.walk, r->anchors, s, len);
    return scan;
}

/* The text and what is under its encodings; marks in all of them. */
static void scan_layers(redact_scan *scan) {
    berth_redactor *r = scan->r;
    redact_scan_text(scan);
    size_t layers = 0;
    redact_scan layer = *scan;
    while (layers < REDACT_VIEWS && layer.encoded && !r->failed) {
        redact_view *view = &r->view[layers];
        if (!redact_decode(r, layer.s, layer.len, layer.map, view)) break;
        layer = redact_scan_begin(r, view->text.s, view->text.len);
        layer.map = view->map;
        layer.depth = scan->depth;
        redact_scan_text(&layer);
        layers++;
    }
    if (r->nsecrets == 0) return;
    redact_find_again(scan);
    for (size_t i = 0; i < layers; i++) {
        redact_scan found = redact_scan_begin(r, r->view[i].text.s, r->view[i].text.len);
        found.map = r->view[i].map;
        redact_find_again(&found);
    }
}

bool redact_scan_inner(const redact_scan *scan, const char *s, size_t len) {
    redact_scan inner = redact_scan_begin(scan->r, s, len);
    inner.depth = scan->depth + 1;
    inner.probe = true;
    redact_scan_text(&inner);
    return inner.hit;
}

/* --- writing ----------------------------------------------------------------------------- */

/* By place, the longer one first: sifted down as a heap, for hostile orders cost no more. */
static bool is_before(const redact_span *a, const redact_span *b) {
    return a->start != b->start ? a->start < b->start : a->end > b->end;
}

static void sift(redact_span *spans, size_t root, size_t count) {
    for (;;) {
        size_t child = 2 * root + 1;
        if (child >= count) return;
        if (child + 1 < count && is_before(&spans[child], &spans[child + 1])) child++;
        if (!is_before(&spans[root], &spans[child])) return;
        redact_span swap = spans[root];
        spans[root] = spans[child];
        spans[child] = swap;
        root = child;
    }
}

static void sort_spans(redact_span *spans, size_t count) {
    size_t i = 1;
    while (i < count && !is_before(&spans[i], &spans[i - 1])) i++;
    if (i >= count) return;
    for (i = count / 2; i-- > 0;) sift(spans, i, count);
    for (i = count; i-- > 1;) {
        redact_span swap = spans[0];
        spans[0] = spans[i];
        spans[i] = swap;
        sift(spans, 0, i);
    }
}

static bool write_mask(berth_redactor *r, redact_buffer *out, const redact_span *span,
                       const char *s) {
    char mask[REDACT_MASK_MAX], slashes[] = "\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\";
    size_t n = redact_mask_text(r, s + span->start, span->end - span->start, mask);
    size_t escapes = span->quoted ? span->quoted - 1u : 0;
    if (span->quoted && !(redact_append(r, out, slashes, escapes) && redact_append(r, out, "\"", 1)))
        return false;
    if (!redact_append(r, out, mask, n)) return false;
    return !span->quoted ||
           (redact_append(r, out, slashes, escapes) && redact_append(r, out, "\"", 1));
}

/* Writes the text with its spans masked; spans that touch become one mask. */
static bool write_round(berth_redactor *r, const char *s, size_t len, redact_buffer *out) {
    size_t at = 0;
    out->len = 0;
    sort_spans(r->spans, r->nspans);
    for (size_t i = 0; i < r->nspans;) {
        redact_span span = r->spans[i++];
        while (i < r->nspans && r->spans[i].start <= span.end) {
            if (r->spans[i].end > span.end) {
                span.end = r->spans[i].end;
                span.quoted = 0;
            }
            i++;
        }
        r->hits[span.rule]++;
        r->masked++;
        if (!redact_append(r, out, s + at, span.start - at) || !write_mask(r, out, &span, s))
            return false;
        at = span.end;
    }
    return redact_append(r, out, s + at, len - at);
}

/* Rounds until one finds nothing.  The result is the text itself or in r->out or r->other. */
static bool run_rounds(berth_redactor *r, const char **s, size_t *len) {
    size_t room = BERTH_REDACT_ROOM(*len);
    r->failed = false;
    r->masked = 0;
    for (unsigned round = 0; round < ROUNDS_MAX; round++) {
        r->nspans = 0;
        redact_scan scan = redact_scan_begin(r, *s, *len);
        scan_layers(&scan);
        if (r->failed) return false;
        if (r->nspans == 0) return true;
        redact_buffer *out = *s == r->out.s && r->out.s ? &r->other : &r->out;
        if (!write_round(r, *s, *len, out) || out->len > room) return false;
        *s = out->s;
        *len = out->len;
    }
    return false;
}

static berth_rc withhold(const berth_redactor *r, const char **out, size_t *out_len,
                         berth_err *err) {
    *out = BERTH_REDACT_NOTE;
    *out_len = sizeof BERTH_REDACT_NOTE - 1;
    if (r->failed) return berth_fail_memory(err);
    return berth_fail(err, BERTH_ELIMIT, "the record could not be redacted within its limits");
}

static berth_rc redact_text(berth_redactor *r, const char *text, size_t len, const char **out,
                            size_t *out_len, berth_err *err) {
    *out = text;
    *out_len = len;
    r->failed = false;
    if (len > BERTH_REDACT_TEXT_MAX || !run_rounds(r, out, out_len))
        return withhold(r, out, out_len, err);
    return BERTH_OK;
}

/* --- the public face --------------------------------------------------------------------- */

berth_rc berth_redact_ask(berth_redactor *r, bool hit, berth_redact_part *parts, size_t count,
                          berth_err *err) {
    if (!r->hook || !(hit || r->hook_all)) return BERTH_OK;
    return r->hook(r->hook_ud, parts, count, err);
}

berth_rc berth_redact(berth_redactor *r, const char *text, size_t len, const char **out,
                      size_t *out_len, berth_err *err) {
    redact_forget(r);
    berth_rc rc = redact_text(r, text, len, out, out_len, err);
    if (rc != BERTH_OK) return rc;
    berth_redact_part part = {.name = "line", .text = *out, .len = *out_len};
    rc = berth_redact_ask(r, r->masked > 0, &part, 1, err);
    *out = part.text ? part.text : "";
    *out_len = part.text ? part.len : 0;
    if (rc != BERTH_OK) {
        *out = BERTH_REDACT_NOTE;
        *out_len = sizeof BERTH_REDACT_NOTE - 1;
    }
    return rc;
}

void berth_redact_begin(berth_redactor *r) {
    redact_forget(r);
}

/* The class of a field's name, operators' rules first. */
static berth_key_class field_class(const berth_redactor *r, const char *name, unsigned *rule) {
    size_t len = name ? strlen(name) : 0;
    berth_key_class class = {.kind = BERTH_KEY_NONE};
    for (size_t i = 0; i < r->nfields; i++) {
        if (strlen(r->fields[i].name) != len || !bytes_fold_equal(name, r->fields[i].name, len))
            continue;
        *rule = r->fields[i].rule;
        return (berth_key_class){.kind = BERTH_KEY_FIELD, .weight = BERTH_KEY_STRONG};
    }
    if (len) class = berth_key_classify(name, len);
    *rule = (unsigned)class.kind;
    return class;
}

/* Is the whole text of the field a secret, by its name? */
static bool is_secret_field(berth_redactor *r, const char *name, const char *text, size_t len,
                            unsigned *rule) {
    berth_key_class class = field_class(r, name, rule);
    if (class.kind == BERTH_KEY_NONE) return false;
    redact_scan scan = redact_scan_begin(r, text, len);
    return redact_is_secret(&scan, class, 0, len, SYNTAX_QUOTED) && !redact_is_allowed(r, text, len);
}

berth_rc berth_redact_learn(berth_redactor *r, const char *name, const char *text, size_t len,
                            berth_err *err) {
    unsigned rule;
    if (len > BERTH_REDACT_TEXT_MAX) return BERTH_OK; /* it will be withheld whole */
    r->failed = false;
    r->nspans = 0;
    if (is_secret_field(r, name, text, len, &rule)) {
        redact_remember(r, text, len);
    } else {
        redact_scan scan = redact_scan_begin(r, text, len);
        scan_layers(&scan);
    }
    return r->failed ? berth_fail_memory(err) : BERTH_OK;
}

berth_rc berth_redact_field(berth_redactor *r, const char *name, const char *text, size_t len,
                            const char **out, size_t *out_len, berth_err *err) {
    unsigned rule;
    if (len > BERTH_REDACT_TEXT_MAX || !is_secret_field(r, name, text, len, &rule))
        return redact_text(r, text, len, out, out_len, err);
    r->failed = false;
    r->out.len = 0;
    if (!redact_reserve(r, &r->out, REDACT_MASK_MAX)) return withhold(r, out, out_len, err);
    r->hits[rule]++;
    r->masked = 1;
    *out = r->out.s;
    *out_len = r->out.len = redact_mask_text(r, text, len, r->out.s);
    return BERTH_OK;
}

bool berth_redact_is_secret_name(const berth_redactor *r, const char *name) {
    unsigned rule;
    return field_class(r, name, &rule).kind != BERTH_KEY_NONE;
}

size_t berth_redact_masked(const berth_redactor *r) {
    return r->masked;
}

static void redact_in_place(berth_redactor *r, const char *name, char *text, size_t size) {
    const char *out;
    size_t len;
    berth_redact_field(r, name, text, strlen(text), &out, &len, NULL);
    if (out == text) return;
    if (len >= size) len = size - 1;
    memmove(text, out, len);
    text[len] = '\0';
}

void berth_redact_err(berth_redactor *r, berth_err *failure) {
    berth_redact_begin(r);
    berth_redact_learn(r, NULL, failure->message, strlen(failure->message), NULL);
    for (int i = 0; i < failure->nfields; i++) {
        berth_err_field *field = &failure->fields[i];
        if (!field->is_number) berth_redact_learn(r, field->name, field->text, strlen(field->text), NULL);
    }
    redact_in_place(r, NULL, failure->message, sizeof failure->message);
    for (int i = 0; i < failure->nfields; i++) {
        berth_err_field *field = &failure->fields[i];
        if (!field->is_number) redact_in_place(r, field->name, field->text, sizeof field->text);
    }
}
