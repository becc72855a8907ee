/* pattern.c - see pattern.h.
 *
 * The matcher walks subject and pattern together and recurses only where a choice must be undone:
 * captures and repetitions.  `tick` is called for every comparison. */
#include "policy/pattern.h"

#include <string.h>

#define ESCAPE '%'
#define SPECIALS "^$*+?.([%-"
#define CAPTURE_OPEN (-1)
#define CAPTURE_POSITION (-2)
#define DEPTH_MAX 200
/* Comparisons to a step, and how many are made before they are paid for. */
#define TICKS_A_STEP 4
#define TICKS_OWED 512

void berth_matcher_open(berth_matcher *m, lua_State *L, berth_work work, const char *subject,
                        size_t len, const char *pattern, size_t plen) {
    m->L = L;
    m->work = work;
    m->subject = subject;
    m->subject_end = subject + len;
    m->pattern_end = pattern + plen;
    m->depth = DEPTH_MAX;
    m->ticks = 0;
    m->ncaptures = 0;
}

void berth_matcher_pay(berth_matcher *m) {
    int ticks = m->ticks;
    m->ticks = 0;
    berth_charge(m->L, m->work, (ticks + TICKS_A_STEP - 1) / TICKS_A_STEP);
}

static inline void tick(berth_matcher *m) {
    if (++m->ticks >= TICKS_OWED) berth_matcher_pay(m);
}

/* --- single characters ------------------------------------------------------------------- */

/* ASCII alone, whatever the locale. */
static bool in_class(unsigned char c, char class) {
    bool is;
    switch (class | 0x20) {
    case 'a':
        is = (c | 0x20u) >= 'a' && (c | 0x20u) <= 'z';
        break;
    case 'c':
        is = c < 0x20 || c == 0x7f;
        break;
    case 'd':
        is = c >= '0' && c <= '9';
        break;
    case 'g':
        is = c > 0x20 && c < 0x7f;
        break;
    case 'l':
        is = c >= 'a' && c <= 'z';
        break;
    case 'p':
        is = c > 0x20 && c < 0x7f && !in_class(c, 'w');
        break;
    case 's':
        is = c == ' ' || (c >= 9 && c <= 13);
        break;
    case 'u':
        is = c >= 'A' && c <= 'Z';
        break;
    case 'w':
        is = in_class(c, 'a') || in_class(c, 'd');
        break;
    case 'x':
        is = in_class(c, 'd') || ((c | 0x20u) >= 'a' && (c | 0x20u) <= 'f');
        break;
    case 'z': /* an older way to say \0 */
        is = c == 0;
        break;
    default: /* not a class letter: the character itself */
        return (unsigned char)class == c;
    }
    return (class & 0x20) ? is : !is;
}

/* The end of the item that begins at p. */
static const char *item_end(berth_matcher *m, const char *p) {
    char c = *p++;
    if (c == ESCAPE) {
        if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (ends with '%%')");
        return p + 1;
    }
    if (c != '[') return p;
    if (p < m->pattern_end && *p == '^') p++;
    do { /* a ']' in first place stands for itself */
        if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (missing ']')");
        tick(m);
        if (*p++ == ESCAPE) {
            if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (missing ']')");
            p++;
        }
    } while (p == m->pattern_end || *p != ']');
    return p + 1;
}

/* Is c in the set from p ('[') to last (']')? */
static bool in_set(berth_matcher *m, unsigned char c, const char *p, const char *last) {
    bool found = true;
    if (*++p == '^') {
        found = false;
        p++;
    }
    for (; p < last; p++) {
        tick(m);
        if (*p == ESCAPE) {
            if (in_class(c, *++p)) return found;
        } else if (p + 2 < last && p[1] == '-') {
            if ((unsigned char)p[0] <= c && c <= (unsigned char)p[2]) return found;
            p += 2;
        } else if ((unsigned char)*p == c) {
            return found;
        }
    }
    return !found;
}

static bool matches_one(berth_matcher *m, const char *s, const char *p, const char *end) {
    tick(m);
    if (s >= m->subject_end) return false;
    unsigned char c = (unsigned char)*s;
    switch (*p) {
    case '.':
        return true;
    case ESCAPE:
        return in_class(c, p[1]);
    case '[':
        return in_set(m, c, p, end - 1);
    default:
        return (unsigned char)*p == c;
    }
}

/* --- items of several characters --------------------------------------------------------- */

static const char *match_balance(berth_matcher *m, const char *s, const char *p) {
    if (m->pattern_end - p < 2) luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
    if (s >= m->subject_end || *s != *p) return NULL;
    char open = p[0], close = p[1];
    size_t depth = 1;
    while (++s < m->subject_end) {
        tick(m);
        if (*s == close) {
            if (--depth == 0) return s + 1;
        } else if (*s == open) {
            depth++;
        }
    }
    return NULL;
}

static const char *repeat_most(berth_matcher *m, const char *s, const char *p, const char *end) {
    ptrdiff_t count = 0;
    while (matches_one(m, s + count, p, end)) count++;
    for (; count >= 0; count--) {
        const char *rest = berth_matcher_try(m, s + count, end + 1);
        if (rest) return rest;
    }
    return NULL;
}

static const char *repeat_least(berth_matcher *m, const char *s, const char *p, const char *end) {
    for (;; s++) {
        const char *rest = berth_matcher_try(m, s, end + 1);
        if (rest) return rest;
        if (!matches_one(m, s, p, end)) return NULL;
    }
}

static const char *capture_open(berth_matcher *m, const char *s, const char *p, ptrdiff_t what) {
    if (m->ncaptures >= BERTH_CAPTURES) luaL_error(m->L, "too many captures");
    m->captures[m->ncaptures++] = (berth_capture){s, what};
    const char *end = berth_matcher_try(m, s, p);
    if (!end) m->ncaptures--;
    return end;
}

static const char *capture_close(berth_matcher *m, const char *s, const char *p) {
    int i = m->ncaptures - 1;
    while (i >= 0 && m->captures[i].len != CAPTURE_OPEN) i--;
    if (i < 0) luaL_error(m->L, "invalid pattern capture");
    m->captures[i].len = s - m->captures[i].start;
    const char *end = berth_matcher_try(m, s, p);
    if (!end) m->captures[i].len = CAPTURE_OPEN;
    return end;
}

static const char *match_back(berth_matcher *m, const char *s, char digit) {
    int i = digit - '1';
    if (i < 0 || i >= m->ncaptures || m->captures[i].len == CAPTURE_OPEN)
        luaL_error(m->L, "invalid capture index %%%d", i + 1);
    ptrdiff_t len = m->captures[i].len;
    if (len == CAPTURE_POSITION) return NULL; /* a position is no text to find again */
    berth_charge_bytes(m->L, m->work, (size_t)len);
    if (m->subject_end - s < len || memcmp(m->captures[i].start, s, (size_t)len) != 0) return NULL;
    return s + len;
}

static const char *match_frontier(berth_matcher *m, const char *s, const char **pattern) {
    const char *p = *pattern;
    if (p >= m->pattern_end || *p != '[') luaL_error(m->L, "missing '[' after '%%f' in pattern");
    const char *end = item_end(m, p);
    unsigned char before = s == m->subject ? 0 : (unsigned char)s[-1];
    unsigned char here = s < m->subject_end ? (unsigned char)*s : 0;
    if (in_set(m, before, p, end - 1) || !in_set(m, here, p, end - 1)) return NULL;
    *pattern = end;
    return s;
}

/* --- the walk ---------------------------------------------------------------------------- */

typedef enum step { STEP_FAIL, STEP_ON, STEP_DONE } step;

/* An item that stands for one character, maybe repeated. */
static step step_single(berth_matcher *m, const char **s, const char **pattern) {
    const char *p = *pattern, *end = item_end(m, p);
    char repeat = end < m->pattern_end ? *end : '\0';
    switch (repeat) {
    case '*':
        *s = repeat_most(m, *s, p, end);
        return STEP_DONE;
    case '+':
        *s = matches_one(m, *s, p, end) ? repeat_most(m, *s + 1, p, end) : NULL;
        return STEP_DONE;
    case '-':
        *s = repeat_least(m, *s, p, end);
        return STEP_DONE;
    case '?':
        if (matches_one(m, *s, p, end)) {
            const char *rest = berth_matcher_try(m, *s + 1, end + 1);
            if (rest) {
                *s = rest;
                return STEP_DONE;
            }
        }
        *pattern = end + 1;
        return STEP_ON;
    default:
        if (!matches_one(m, *s, p, end)) return STEP_FAIL;
        ++*s;
        *pattern = end;
        return STEP_ON;
    }
}

/* "%b", "%f" and back references; everything else escaped is a single character. */
static step step_escape(berth_matcher *m, const char **s, const char **pattern) {
    const char *p = *pattern + 1;
    char kind = p < m->pattern_end ? *p : '\0';
    if (kind == 'b') {
        *s = match_balance(m, *s, p + 1);
        *pattern = p + 3;
    } else if (kind == 'f') {
        *pattern = p + 1;
        *s = match_frontier(m, *s, pattern);
    } else if (kind >= '0' && kind <= '9') {
        *s = match_back(m, *s, kind);
        *pattern = p + 1;
    } else {
        return step_single(m, s, pattern);
    }
    return *s ? STEP_ON : STEP_FAIL;
}

static step step_item(berth_matcher *m, const char **s, const char **pattern) {
    const char *p = *pattern;
    switch (*p) {
    case '(':
        *s = p + 1 < m->pattern_end && p[1] == ')' ? capture_open(m, *s, p + 2, CAPTURE_POSITION)
                                                   : capture_open(m, *s, p + 1, CAPTURE_OPEN);
        return STEP_DONE;
    case ')':
        *s = capture_close(m, *s, p + 1);
        return STEP_DONE;
    case '$':
        if (p + 1 != m->pattern_end) return step_single(m, s, pattern);
        return *s == m->subject_end ? STEP_DONE : STEP_FAIL;
    case ESCAPE:
        return step_escape(m, s, pattern);
    default:
        return step_single(m, s, pattern);
    }
}

const char *berth_matcher_try(berth_matcher *m, const char *s, const char *pattern) {
    if (m->depth-- == 0) luaL_error(m->L, "pattern too complex");
    step next = STEP_ON;
    while (next == STEP_ON && pattern < m->pattern_end) {
        tick(m);
        next = step_item(m, &s, &pattern);
    }
    m->depth++;
    return next == STEP_FAIL ? NULL : s;
}

/* --- captures ---------------------------------------------------------------------------- */

void berth_matcher_push_one(berth_matcher *m, int i, const char *s, const char *e) {
    if (i >= m->ncaptures) {
        if (i != 0) luaL_error(m->L, "invalid capture index %%%d", i + 1);
        lua_pushlstring(m->L, s, (size_t)(e - s));
        return;
    }
    const berth_capture *c = &m->captures[i];
    if (c->len == CAPTURE_OPEN) luaL_error(m->L, "unfinished capture");
    if (c->len == CAPTURE_POSITION)
        lua_pushinteger(m->L, c->start - m->subject + 1);
    else
        lua_pushlstring(m->L, c->start, (size_t)c->len);
}

int berth_matcher_push(berth_matcher *m, const char *s, const char *e, bool whole) {
    int count = m->ncaptures == 0 && whole ? 1 : m->ncaptures;
    luaL_checkstack(m->L, count + 1, "too many captures");
    for (int i = 0; i < count; i++) berth_matcher_push_one(m, i, s, e);
    return count;
}

/* --- plain search ------------------------------------------------------------------------ */

bool berth_pattern_is_plain(const char *pattern, size_t len) {
    for (size_t i = 0; i < len; i++) {
        if (pattern[i] != '\0' && strchr(SPECIALS, pattern[i])) return false;
    }
    return true;
}

const char *berth_find_plain(lua_State *L, berth_work work, const char *s, size_t len,
                             const char *needle, size_t nlen) {
    if (nlen == 0) return s;
    while (len >= nlen) {
        const char *hit = memchr(s, needle[0], len - nlen + 1);
        size_t passed = hit ? (size_t)(hit - s) : len - nlen + 1;
        berth_charge(L, work, 1 + (int64_t)((passed + nlen) / BERTH_BYTES_A_STEP));
        if (!hit) return NULL;
        if (memcmp(hit, needle, nlen) == 0) return hit;
        s = hit + 1;
        len -= passed + 1;
    }
    return NULL;
}
